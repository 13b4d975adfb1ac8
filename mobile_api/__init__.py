"""The three mobile clients' schemas, composed of the gateway's types."""
