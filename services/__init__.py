"""The write side: turns what people, devices and files say into events, or refuses it."""
