"""The command `env1357`: settings, and the place where all parts are put together."""
