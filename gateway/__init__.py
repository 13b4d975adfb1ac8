"""The gateway: serves what the projections say, and hands commands to the services."""
