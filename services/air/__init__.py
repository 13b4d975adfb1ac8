"""The air subsystem's write side."""
