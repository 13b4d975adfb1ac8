"""Trials of a platform as a whole: what becomes of it when it is treated badly."""
