"""The risk subsystem's write side."""
