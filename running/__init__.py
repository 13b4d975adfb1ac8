"""Runs the platform: opens and closes it, its health, and the operations that are neither read nor write."""
