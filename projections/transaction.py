"""A transaction on a DuckDB connection, and a statement that reads a frame."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb
import polars as pl


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """All of the body's statements, or none of them."""
    connection.execute("BEGIN")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):  # where a commit failed, none is open any more
            connection.execute("ROLLBACK")
        raise


def with_frame(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame, sql: str) -> None:
    """Run a statement that reads a frame by a name."""
    connection.register(name, frame)
    try:
        connection.execute(sql)
    finally:
        connection.unregister(name)
