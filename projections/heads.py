"""Where the head of a subject stands in `ops.head`, so that finding it costs the same however many there are.

DuckDB keeps no order and its own index does not fit its memory at ten million rows; a table's rows can be fetched
by their number, though. So memory holds eight bytes a subject: half a hash and the number of its row, sorted. What
is found by half a hash is compared in the table itself. Rows of `ops.head` are added and changed, never removed.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

_HALF = 2**32
_PRINTS = "SELECT (hash(subject) >> 32 << 32) | CAST(rowid AS UBIGINT) AS print, rowid AS row FROM ops.head"
_ASKED = "SELECT hash(subject) >> 32 << 32 AS print FROM (SELECT unnest(?) AS subject)"
_FOUND = """
SELECT rowid, subject, CAST(event_id AS VARCHAR), length, first_offset, last_offset FROM ops.head
WHERE rowid IN (SELECT unnest(?))
"""
_OF_THIS_TRANSACTION = 2**40
"""DuckDB numbers rows from far above this while they are not committed."""


@dataclass
class Head:
    """The last event of a subject that counts, how many do, and between which offsets of its stream they stand."""

    row: int | None
    event_id: str | None
    length: int
    first_offset: int
    last_offset: int


class Heads:
    """The subjects of one database file. May be asked by many threads, each with a connection of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: list[pl.Series] = []
        self._known = 0

    def of(self, connection: duckdb.DuckDBPyConnection, subjects: Sequence[str]) -> dict[str, Head]:
        """The heads of those of the subjects that have one, as the connection sees them."""
        rows = self._candidates(connection, subjects)
        if not rows:
            return {}
        found, asked = connection.execute(_FOUND, [rows]).fetchall(), set(subjects)
        return {subject: Head(row, *rest) for row, subject, *rest in found if subject in asked}

    def _candidates(self, connection: duckdb.DuckDBPyConnection, subjects: Sequence[str]) -> list[int]:
        """Rows that may be those of the subjects, and a few others."""
        runs = self._up_to_date(connection)
        if not runs or not subjects:
            return []
        prints = _column(connection, _ASKED, [list(subjects)]).unique()
        found = [_between(run, prints) for run in runs]
        return sorted({int(print_) % _HALF for matches in found for print_ in matches})

    def _up_to_date(self, connection: duckdb.DuckDBPyConnection) -> list[pl.Series]:
        with self._lock:
            rows = f"{_PRINTS} WHERE rowid >= {self._known} AND rowid < {_OF_THIS_TRANSACTION}"
            frame = connection.sql(rows).pl()
            if frame.height:
                self._known = int(frame["row"].max()) + 1
                self._runs = _merged([*self._runs, frame["print"].sort()])
            return self._runs


def _merged(runs: list[pl.Series]) -> list[pl.Series]:
    """The same in fewer runs: each holds more than twice as much as the one behind it."""
    while len(runs) > 1 and len(runs[-2]) <= 2 * len(runs[-1]):
        *runs, one, other = runs
        runs.append(pl.concat([one, other]).sort())
    return runs


def _between(run: pl.Series, prints: pl.Series) -> pl.Series:
    """What of a sorted run begins with one of the prints' halves."""
    starts, ends = run.search_sorted(prints, "left"), run.search_sorted(prints + (_HALF - 1), "right")
    spans = pl.DataFrame({"start": starts, "end": ends}).filter(pl.col("end") > pl.col("start"))
    places = spans.select(pl.int_ranges("start", "end").explode())["start"]
    return run.gather(places)


def _column(connection: duckdb.DuckDBPyConnection, sql: str, values: list[object]) -> pl.Series:
    frame: pl.DataFrame = connection.sql(sql, params=values).pl()
    return frame.to_series()
