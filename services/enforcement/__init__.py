"""The enforcement subsystem's write side."""
