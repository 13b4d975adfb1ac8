"""Whose fault an error is: that of the data, which meet it at every fold, or of the machine, where it passes."""

from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

DATA_FAULTS: tuple[type[Exception], ...] = (
    duckdb.DataError,  # out of range, no such conversion, another type
    duckdb.IntegrityError,
    duckdb.InvalidInputException,
    duckdb.InvalidTypeException,
    duckdb.NotSupportedError,
    duckdb.BinderException,
    duckdb.CatalogException,
    pl.exceptions.PolarsError,
    pa.ArrowInvalid,
    OverflowError,
)
"""What folding the same events by the same code meets again, whatever is tried.

All else is the machine's: memory, disk, a file that another holds, an interruption, a fatal error of DuckDB.
"""


_HEADERS_BYTES = 3 * 4096
"""Of a DuckDB file, before its blocks."""


def of_the_data(error: BaseException) -> bool:
    """Whether folding again would fail again; else it is an outage, to be waited for or recovered from."""
    return isinstance(error, DATA_FAULTS)


def said_by(error: BaseException) -> str:
    """The error in one line, as people read it."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def gives_up(error: duckdb.Error) -> bool:
    """Whether DuckDB answers nothing more through this handle."""
    return isinstance(error, duckdb.FatalException | duckdb.InternalException) or "invalidated" in str(error)


def is_cut_off(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether an open file lacks a block that holds something: DuckDB misses it only when it reads it.

    A file may well be shorter than it says: DuckDB cuts off free blocks at its end and still counts those that a
    transaction took and gave back.
    """
    ((block_bytes, total),) = connection.execute(
        "SELECT block_size, total_blocks FROM pragma_database_size()"
    ).fetchall()
    held = (path.stat().st_size - _HEADERS_BYTES) // block_bytes
    return bool(held < total and held <= _last_block(connection))


def _last_block(connection: duckdb.DuckDBPyConnection) -> int:
    """The last block that a table's columns or what describes them stand in, counted from 0; -1 of none."""
    tables = connection.execute(
        'SELECT format(\'"{}"."{}"\', schema_name, table_name) FROM duckdb_tables()'
        " WHERE database_name = current_database()"
    ).fetchall()
    used = "SELECT max(block_id) FROM pragma_storage_info({}) WHERE persistent"
    asked = ["SELECT max(block_id) FROM pragma_metadata_info()"]
    asked += [used.format("'" + table.replace("'", "''") + "'") for (table,) in tables]
    return max(
        (last for sql in asked for (last,) in connection.execute(sql).fetchall() if last is not None), default=-1
    )
