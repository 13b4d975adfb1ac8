"""What was known then: the same SQL over fewer statements, in memory, beside the live tables.

All pasts share one database in memory, laid out once, within one limit of memory. Each is a transaction in it that
is never committed: what was known by a moment is put into it, what follows is computed, and letting go of it is a
rollback. Statements are only ever added to the live tables, so a past holds for as long as the numbers of the
statements it was made from do, and the last ones asked for are kept. Readings that have left the tables are called
back from the log.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import duckdb
import pyarrow as pa

from projections.catalogue import Projection, affected, all_keys, catalogue, readings_of
from projections.engine import with_wanted
from projections.history import Recall, has_archives
from projections.layout import lay_out
from projections.transaction import with_frame

MOST_ROWS = 1_000_000
"""How many rows of statements and events a past may be made from; a reading is a row."""

END = datetime(2200, 1, 1)  # noqa: DTZ001  as the tables have times
"""All that was ever recorded was recorded by then."""

_LEFT = "left the tables"
_HAS_LEFT = "is_fine(period) AND day IN (SELECT day FROM base.archived_span)"
_MARGIN = timedelta(days=2)
"""More than any window of a projection reaches beyond the times asked for."""

Watched = Callable[[duckdb.DuckDBPyConnection], AbstractContextManager[None]]
"""Watches over a connection while a past is made in it, and may interrupt it."""

_MEMORY = "256MB"
_MADE_AT_ONCE, _PATIENCE_S = 2, 10.0
_KEPT = 8
_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Scope:
    """Which statements of sites a question can need: of these sites, between these times (UTC, naive).

    None means all. It only saves work: tables hold at least what lies in the scope, exactly.
    """

    sites: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


class TooMuchPast(Exception):
    """A question as of a moment would be made from more rows, or take more memory, than a past may."""

    def __init__(self, rows: int, scope: Scope) -> None:
        narrower = ["one site"] if scope.sites is None or len(scope.sites) > 1 else []
        if scope.since is None or scope.until is None:
            narrower.append("a time from which and until which")
        self.remedy = f"Name {' and '.join(narrower)}" if narrower else "Ask for a shorter time"
        super().__init__(
            f"what was known then would be made from {rows:,} rows or more, and {MOST_ROWS:,} are the most within"
            f" {_MEMORY}. {self.remedy}, or rebuild the tables of that time: `env1357 replay --until`"
        )


class PastsBusy(Exception):
    """As many pasts as may be are being made for others."""

    retry_after_s = int(_PATIENCE_S)


@dataclass(frozen=True)
class Past:
    """Tables as they follow from what was known at a moment, of one question's scope."""

    connection: duckdb.DuckDBPyConnection
    moment: datetime
    tables: frozenset[str]
    scope: Scope


@dataclass(frozen=True)
class _Key:
    """What a past was made from: the same for as long as it holds."""

    database: str
    moment: datetime
    needed: frozenset[str]
    scope: str
    counts: tuple[tuple[str, int], ...]


class Pasts:
    """The pasts of one process. May be asked by many threads."""

    def __init__(self, recall: Recall | None = None) -> None:
        """`recall` is by what statements are called back whose readings have left the live tables."""
        self._recall = recall
        self._lock = threading.Lock()
        self._making = threading.BoundedSemaphore(_MADE_AT_ONCE)
        self._laid_out: duckdb.DuckDBPyConnection | None = None
        self._kept: OrderedDict[_Key, list[duckdb.DuckDBPyConnection]] = OrderedDict()

    @contextmanager
    def at(
        self,
        live: duckdb.DuckDBPyConnection,
        moment: datetime,
        tables: Collection[str],
        scope: Scope,
        watched: Watched = lambda _: nullcontext(),
    ) -> Iterator[Past]:
        """The tables named and their sources, as they follow from what was recorded by `moment` (UTC, naive).

        Raises `TooMuchPast`, or `PastsBusy` where it has waited its turn in vain.
        """
        needed = frozenset(catalogue().closure(set(tables)))
        counts = _counts(live, moment, needed, scope)
        if sum(counts.values()) > MOST_ROWS:
            raise TooMuchPast(sum(counts.values()), scope)
        ((database,),) = live.execute("SELECT current_database()").fetchall()
        key = _Key(database, moment, needed, repr(scope), tuple(sorted(counts.items())))
        past = self._taken(key) or self._made(live, key, scope, watched)
        try:
            yield Past(past, moment, needed, scope)
        finally:
            self._put_back(key, past)

    def close(self) -> None:
        """Let go of all that is kept."""
        self._forget(0)
        with self._lock:
            if self._laid_out is not None:
                self._laid_out.close()
                self._laid_out = None

    def _taken(self, key: _Key) -> duckdb.DuckDBPyConnection | None:
        with self._lock:
            alike = self._kept.get(key)
            past = alike.pop() if alike else None
            if not alike:
                self._kept.pop(key, None)
            return past

    def _put_back(self, key: _Key, past: duckdb.DuckDBPyConnection) -> None:
        try:
            past.execute("SELECT 1").fetchall()
        except duckdb.Error:  # a question that was ended, or failed, has ended the transaction as well
            past.close()
            return
        with self._lock:
            if self._laid_out is None:
                past.close()
                return
            self._kept.setdefault(key, []).append(past)
            self._kept.move_to_end(key)
        self._forget(_KEPT)

    def _forget(self, most: int) -> None:
        """Let go of those asked for longest ago, down to so many and to what one past may hold."""
        with self._lock:
            while sum(map(len, self._kept.values())) > most or self._rows_kept() > MOST_ROWS:
                oldest = next(iter(self._kept))
                self._kept[oldest].pop().close()
                if not self._kept[oldest]:
                    del self._kept[oldest]

    def _rows_kept(self) -> int:
        return sum(len(alike) * sum(count for _, count in key.counts) for key, alike in self._kept.items())

    def _made(
        self, live: duckdb.DuckDBPyConnection, key: _Key, scope: Scope, watched: Watched
    ) -> duckdb.DuckDBPyConnection:
        if not self._making.acquire(timeout=_PATIENCE_S):
            raise PastsBusy(
                f"{_MADE_AT_ONCE} questions as of other moments are being answered; ask again in"
                f" {PastsBusy.retry_after_s} s"
            )
        try:
            past = self._filled(live, key, scope, watched)
            if past is None:
                self._forget(0)
                past = self._filled(live, key, scope, watched)
            if past is None:
                raise TooMuchPast(sum(count for _, count in key.counts), scope)
            return past
        finally:
            self._making.release()

    def _filled(
        self, live: duckdb.DuckDBPyConnection, key: _Key, scope: Scope, watched: Watched
    ) -> duckdb.DuckDBPyConnection | None:
        """A past with what was known and what follows; None where it does not fit the memory."""
        counts = dict(key.counts)
        with ExitStack() as undone:
            past = self._beginning()
            undone.callback(past.close)
            with watched(past), suppress(duckdb.OutOfMemoryException):
                past.execute("BEGIN")
                for name in filter(counts.get, counts):
                    if name in catalogue().projections or name in catalogue().events:
                        _copy(live, past, name, *_known_by(key.moment, name, scope))
                if counts.get(_LEFT):
                    self._call_back(live, past, key, scope)
                _conclude(past, key.needed, set(filter(counts.get, counts)))
                undone.pop_all()
                return past
        return None

    def _call_back(
        self, live: duckdb.DuckDBPyConnection, past: duckdb.DuckDBPyConnection, key: _Key, scope: Scope
    ) -> None:
        """Put readings of fine statements that have left the live tables into the past, from the log."""
        if self._recall is None:
            raise LookupError("fine readings have left the tables, and there is no log to call them back from")
        condition, values = _known_by(key.moment, "base.observation", scope)
        sql = f"SELECT topic, partition, log_offset FROM base.observation WHERE {condition} AND {_HAS_LEFT}"
        rows = sum(count for _, count in key.counts)
        for frame in self._recall(live.sql(sql, params=values).pl()):
            rows += int(frame["factors"].list.len().sum())
            if rows > MOST_ROWS:
                raise TooMuchPast(rows, scope)
            with_frame(past, "incoming", frame, f"INSERT INTO base.reading BY NAME {readings_of('incoming')}")

    def _beginning(self) -> duckdb.DuckDBPyConnection:
        """A connection to tables that are laid out and empty."""
        with self._lock:
            if self._laid_out is None:
                opened = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": _MEMORY})
                lay_out(opened)
                self._laid_out = opened
            return self._laid_out.cursor()


@lru_cache(1024)
def tables_read(sql: str) -> frozenset[str]:
    """The tables of ours that a question reads, as DuckDB's parser names them."""
    with duckdb.connect(":memory:") as parser:
        ((parsed,),) = parser.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
    tree = json.loads(parsed)
    if tree["error"]:
        raise ValueError(f"{tree['error_message']}: {sql}")
    known = catalogue()
    return frozenset(name for name in _named(tree) if name in known.projections or name in known.events)


def _named(tree: Any) -> Iterator[str]:
    """Every table that a parsed statement names with its schema."""
    if isinstance(tree, dict):
        if tree.get("type") == "BASE_TABLE":
            yield f"{tree['schema_name']}.{tree['table_name']}"
        yield from (name for part in tree.values() for name in _named(part))
    elif isinstance(tree, list):
        yield from (name for part in tree for name in _named(part))


def _appended() -> set[str]:
    return {projection.name for projection in catalogue().of_kind("append")}


def _counts(
    live: duckdb.DuckDBPyConnection, moment: datetime, needed: Collection[str], scope: Scope
) -> dict[str, int]:
    """How many rows of each table that is needed were known; counted no further than one more than may be."""
    tables = sorted(set(needed) & (catalogue().events.keys() | _appended()))
    if not tables:
        return {}
    asked, values = [], dict[str, object]()
    for name in tables:
        condition, used = _known_by(moment, name, scope)
        values |= used
        rows = f"SELECT 1 FROM {name} WHERE {condition} LIMIT {MOST_ROWS + 1}"
        asked.append(f"SELECT '{name}' AS name, count(*) FROM ({rows})")
    if "base.reading" in tables and has_archives(live):
        condition, used = _known_by(moment, "base.observation", scope)
        values |= used
        rows = f"SELECT 1 FROM base.observation WHERE {condition} AND {_HAS_LEFT} LIMIT {MOST_ROWS + 1}"
        asked.append(f"SELECT '{_LEFT}' AS name, count(*) FROM ({rows})")
    return dict(live.execute(" UNION ALL ".join(asked), values).fetchall())


def lack_readings(live: duckdb.DuckDBPyConnection, scope: Scope) -> bool:
    """Whether fine readings in a scope may have left the tables."""
    if not has_archives(live):
        return False
    condition, values = _known_by(END, "base.observation", scope)
    found = live.execute(f"SELECT 1 FROM base.observation WHERE {condition} AND {_HAS_LEFT} LIMIT 1", values)
    return bool(found.fetchall())


def _copy(
    live: duckdb.DuckDBPyConnection,
    past: duckdb.DuckDBPyConnection,
    name: str,
    condition: str,
    values: Mapping[str, object],
) -> None:
    """Put the rows that satisfy the condition into the past, a batch at a time."""
    for batch in live.sql(f"SELECT * FROM {name} WHERE {condition}", params=values).to_arrow_reader(_BATCH_ROWS):
        past.register("kept", pa.Table.from_batches([batch]))
        past.execute(f"INSERT INTO {name} BY NAME FROM kept")
        past.unregister("kept")


def _conclude(past: duckdb.DuckDBPyConnection, needed: Collection[str], filled: set[str]) -> None:
    """Compute what follows, table by table; what follows from nothing stays empty. `filled` grows by the others."""
    for projection in catalogue().projections.values():
        if projection.name not in needed or not _follows(projection, filled):
            continue
        if projection.kind == "keyed":
            past.execute(f"CREATE OR REPLACE TEMP TABLE every_key AS {all_keys(projection)}")
            ((rows,),) = past.execute(
                f"INSERT INTO {projection.name} BY NAME {with_wanted(projection, 'every_key')}"
            ).fetchall()
            if not rows:
                continue
        filled.add(projection.name)


def _follows(projection: Projection, filled: set[str]) -> bool:
    if projection.kind == "keyed":
        return any(source in filled and affected(projection, source) for source in projection.sources)
    return projection.kind == "view" and any(source in filled for source in projection.sources)


def _known_by(moment: datetime, name: str, scope: Scope) -> tuple[str, dict[str, object]]:
    conditions: dict[str, tuple[str, object]] = {"recorded_at <= $moment": ("moment", moment)}
    if name == "base.reading":
        conditions[f"NOT ({_HAS_LEFT})"] = ("moment", moment)
    if name in _appended():
        if scope.sites is not None:
            conditions["site_id IN (SELECT unnest($sites))"] = ("sites", list(scope.sites))
        if scope.since is not None:
            conditions["observed_at >= $since"] = ("since", scope.since - _MARGIN)
        if scope.until is not None:
            conditions["observed_at < $until"] = ("until", scope.until + _MARGIN)
    return " AND ".join(conditions), dict(conditions.values())
