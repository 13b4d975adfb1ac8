"""Answers free questions in SQL: read-only, one statement, within a time limit."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import duckdb

from projections.database import Database
from services.decider import Refused

_TIME_LIMIT_S = 60.0
_MOST_ROWS = 1_000_000
_TOGETHER = 10_000

Rows = list[tuple[Any, ...]]
Prepare = Callable[[duckdb.DuckDBPyConnection], None]


def _as_it_is(_: duckdb.DuckDBPyConnection) -> None:
    """Nothing is put beside the tables."""


def query(
    database: Database, text: str, time_limit_s: float = _TIME_LIMIT_S, prepare: Prepare = _as_it_is
) -> tuple[list[str], Rows]:
    """The columns and rows that a SELECT gives. Raises `Refused` where it can't or may not be run.

    `prepare` may put beside the tables what the question asks for.
    Times are text by ISO 8601: with their offset where the column has a zone. Where it has none they are written
    without: the tables' own are UTC, those that a question makes are what it made of them.
    """
    with database.read() as snapshot:
        _expect_one_question(snapshot.connection, text)
        prepare(snapshot.connection)
        timer = threading.Timer(time_limit_s, snapshot.connection.interrupt)
        timer.start()
        try:
            columns, rows = _answered(snapshot.connection, text)
        except duckdb.InterruptException:
            raise Refused(
                "too_slow", f"it took longer than {time_limit_s:.0f} s", "query", "Ask for fewer sites or days."
            ) from None
        except duckdb.Error as error:
            raise Refused("bad_query", str(error), "query", "Correct the SQL; it can only read.") from None
        finally:
            timer.cancel()
    if len(rows) > _MOST_ROWS:
        raise Refused(
            "too_many_rows", f"it gives more than {_MOST_ROWS} rows", "query", "Add a LIMIT or aggregate."
        )
    return columns, rows


def _expect_one_question(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise Refused("bad_query", str(error), "query", "Correct the SQL.") from None
    allowed = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
    if len(statements) != 1 or statements[0].type not in allowed:
        raise Refused(
            "not_a_question", "only one SELECT is answered", "query", "Send one SELECT (or FROM, DESCRIBE)."
        )


def _answered(connection: duckdb.DuckDBPyConnection, text: str) -> tuple[list[str], Rows]:
    cursor = connection.execute(text)
    columns, types = [each[0] for each in cursor.description], [str(each[1]) for each in cursor.description]
    if any("WITH TIME ZONE" in kind for kind in types):
        cursor.abort()
        rows = _zoned(connection.sql(text), types)
    else:
        rows = cursor.fetchmany(_MOST_ROWS + 1)
    if any("TIMESTAMP" in kind for kind in types):
        rows = [tuple(map(_said, row)) for row in rows]
    return columns, rows


def _zoned(relation: duckdb.DuckDBPyRelation, types: Sequence[str]) -> Rows:
    """Rows with times that have a zone, which DuckDB hands to Python by way of Arrow alone."""
    whole = [kind in ("HUGEINT", "UHUGEINT") for kind in types]
    batches = relation.to_arrow_reader(_TOGETHER)
    rows = (
        tuple(
            int(cell) if is_whole and cell is not None else cell for cell, is_whole in zip(row, whole, strict=True)
        )
        for batch in batches
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    )
    return list(islice(rows, _MOST_ROWS + 1))


def _said(cell: Any) -> Any:
    """A cell with its times as text, within lists and records too."""
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, dict):
        return {name: _said(value) for name, value in cell.items()}
    if isinstance(cell, list | tuple):
        return [_said(value) for value in cell]
    return cell
