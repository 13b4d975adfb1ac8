"""The API for programs: observations by key, and files."""
