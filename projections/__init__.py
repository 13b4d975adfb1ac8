"""The read side: what follows from the log, as DuckDB tables."""
