"""The write side of the subsystem for soil and solid waste."""
