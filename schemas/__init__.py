"""The contract that everything shares: Avro schemas of the events, and the national standards as data."""
