"""Answers free questions in SQL: read-only, one statement, within a time limit."""

import threading
from typing import Any

import duckdb

from projections.database import Database
from services.decider import Refused

_TIME_LIMIT_S = 60.0
_MOST_ROWS = 1_000_000


def query(
    database: Database, text: str, time_limit_s: float = _TIME_LIMIT_S
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns and rows that a SELECT gives. Raises `Refused` where it can't or may not be run."""
    with database.read() as snapshot:
        _expect_one_question(snapshot.connection, text)
        timer = threading.Timer(time_limit_s, snapshot.connection.interrupt)
        timer.start()
        try:
            cursor = snapshot.connection.execute(text)
            rows = cursor.fetchmany(_MOST_ROWS + 1)
            columns = [column[0] for column in cursor.description]
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
