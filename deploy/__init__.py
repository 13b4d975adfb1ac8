"""What is needed to deploy the platform, and to measure it."""
