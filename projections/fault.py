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
    """Whether an open file lacks blocks that it says it has: DuckDB misses them only when it reads them."""
    ((size,),) = connection.execute("SELECT total_blocks * block_size FROM pragma_database_size()").fetchall()
    return path.stat().st_size < _HEADERS_BYTES + int(size)
