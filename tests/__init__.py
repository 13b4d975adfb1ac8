"""The tests, laid out as the code is; `journeys` go from a command to its GraphQL answer."""
