"""Tests of what others take away."""
