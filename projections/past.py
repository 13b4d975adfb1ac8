"""What was known then: the same SQL over fewer statements, in a small database of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from projections.catalogue import all_keys, catalogue
from projections.engine import replace_keys
from projections.layout import lay_out

_MARGIN = timedelta(days=2)
"""More than any window of a projection reaches beyond the times asked for."""


@dataclass(frozen=True)
class Scope:
    """Which statements of sites a question can need: of these sites, between these times (UTC, naive).

    None means all. It only saves work: tables hold at least what lies in the scope, exactly.
    """

    sites: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


def as_of(
    live: duckdb.DuckDBPyConnection, moment: datetime, tables: Collection[str], scope: Scope
) -> duckdb.DuckDBPyConnection:
    """A database in memory with the tables named as they follow from the statements recorded by `moment`.

    The caller closes it. `moment` is UTC, naive.
    """
    known = catalogue()
    needed = known.closure(set(tables))
    past = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "200MB"})
    lay_out(past, needed)
    appended = {projection.name for projection in known.of_kind("append")}
    for name in sorted(needed & (known.events.keys() | appended)):
        condition, values = _known_by(moment, scope if name in appended else Scope())
        kept = live.sql(f"SELECT * FROM {name} WHERE {condition}", params=values).to_arrow_table()
        past.register("kept", kept)
        past.execute(f"INSERT INTO {name} BY NAME FROM kept")
        past.unregister("kept")
    for projection in known.of_kind("keyed"):
        if projection.name in needed:
            past.execute(f"CREATE OR REPLACE TEMP TABLE every_key AS {all_keys(projection)}")
            replace_keys(past, projection, "every_key")
    return past


def _known_by(moment: datetime, scope: Scope) -> tuple[str, list[object]]:
    conditions: dict[str, object] = {"recorded_at <= ?": moment}
    if scope.sites is not None:
        conditions["site_id IN (SELECT unnest(?))"] = list(scope.sites)
    if scope.since is not None:
        conditions["observed_at >= ?"] = scope.since - _MARGIN
    if scope.until is not None:
        conditions["observed_at < ?"] = scope.until + _MARGIN
    return " AND ".join(conditions), list(conditions.values())
