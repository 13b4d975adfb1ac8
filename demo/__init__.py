"""Streams of which no real data exist, made up: a seeded simulator and a trial device; all say what they are."""
