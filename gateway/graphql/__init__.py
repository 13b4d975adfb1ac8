"""The GraphQL schema, one module a theme."""
