"""Turns the outside, files and devices, into statements; keeps what can't be accepted."""
