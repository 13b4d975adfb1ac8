"""What can't be computed: keys of a table are set aside with the error, so that all others go on.

A key is set aside if and only if computing it from all that is folded fails, so it is the same on every replica
and in every replay. Its row is removed, for an old figure would pass for a new one; it is computed again whenever
what it follows from is touched. Tables that follow are computed from what there is, and are said to lag.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

WHOLE = "*"
"""Stands for every key of a table, where not even its keys can be told."""

TRIALS = 64
"""How often a table is tried to find the keys that fail; what is not told apart by then is set aside together."""

Errors = Mapping[str, str]
"""For each key that can't be computed, as text, why."""


class Uncomputable(Exception):
    """A keyed table that some of the keys to be recomputed break."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


@dataclass(frozen=True)
class SetAside:
    """A table of which keys are set aside: how many, one of them, its error, and where the log stood."""

    table: str
    keys: int
    key: str
    error: str
    since: str

    @property
    def message(self) -> str:
        """What people read of it."""
        what = "the table" if self.key == WHOLE else f"{self.keys} of its rows, {self.key} among them,"
        return f"{what} can't be computed since {self.since}: {self.error}"


def read_set_aside(connection: duckdb.DuckDBPyConnection) -> list[SetAside]:
    """The tables of which something is set aside, by name."""
    rows = connection.execute(
        "SELECT table_name, count(*), min(key), arg_min(error, key), arg_min(since, key) FROM ops.set_aside"
        " GROUP BY table_name ORDER BY table_name"
    ).fetchall()
    return [SetAside(*row) for row in rows]


def failing(
    keys: Sequence[str], tried: Callable[[Collection[str]], str | None], error: str | None = None
) -> dict[str, str]:
    """The keys that can't be computed, with the error of each; `tried` says why some of them can't be, together.

    `error` is that of all of them, where it is known. Found by halving, in so many trials as `TRIALS`.
    """
    found: dict[str, str] = {}
    waiting, trials = [(list(keys), error)], 0
    while waiting:
        some, said = waiting.pop()
        if some and said is None:
            said, trials = tried(some), trials + 1
        if not some or said is None:
            continue
        if len(some) == 1 or trials >= TRIALS:
            found.update(dict.fromkeys(some, said))
        else:
            middle = len(some) // 2
            waiting += [(some[middle:], None), (some[:middle], None)]
    return found
