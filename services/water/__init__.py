"""The water subsystem's write side."""
