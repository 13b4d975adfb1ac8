"""Folds chunks of the log into the tables, each in one transaction with the offsets that it brings them to."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import NoReturn

import duckdb
import polars as pl
import pyarrow as pa

from eventlog.log import Stream
from projections.arbitration import arbitrate
from projections.aside import WHOLE, Errors, Uncomputable, failing
from projections.catalogue import Projection, Stated, catalogue, keys_after, readings_of
from projections.chunk import Chunk, Unreadable, as_unreadable
from projections.fault import DATA_FAULTS, said_by
from projections.heads import Heads
from projections.history import History, Recall, has_archives
from projections.kept import as_kept
from projections.transaction import transaction, with_frame
from schemas.contract import event_types

EVERYTHING = "*"
"""Moves with whatever may have changed any table beside a fold."""

_FEW = 1000
_TOLD = "air.hourly"
_SLICE_ROWS = 8192
_SLICE_KEYS, _MANY_KEYS = 32_768, 1 << 62
_STATED = "stated"
_CONCERNED = "SELECT site_id, period, observed_at, topic FROM incoming"
_KNOWN = (
    "SELECT CAST(o.event_id AS VARCHAR) AS event_id FROM base.observation AS o JOIN incoming AS i"
    " ON i.site_id = o.site_id AND i.observed_at = o.observed_at AND CAST(i.event_id AS UUID) = o.event_id"
)
_STANDING = "SELECT table_name, min(key) FROM ops.set_aside GROUP BY table_name"
_SET_ASIDE = "INSERT INTO ops.set_aside VALUES (?, ?, ?, ?)"
_ASIDE = ("table_name", "key", "error", "since")
_ASIDE_OF = "SELECT key FROM ops.set_aside WHERE table_name = ?"
_TOUCHED = "SELECT CAST(w AS VARCHAR) FROM {keys} AS w"
_MOVE_CHECKPOINT = "UPDATE ops.checkpoint SET next_offset = ? WHERE topic = ? AND partition = ?"


@dataclass(frozen=True)
class Moved:
    """What a fold changed: how many keys of each table were recomputed, how many events came into each of events.

    `keys` are the hours of the air that were, where few.
    """

    offsets: Mapping[Stream, int]
    tables: Mapping[str, int]
    keys: Mapping[str, Sequence[tuple[object, ...]]]


@dataclass(frozen=True)
class Plan:
    """What a fold sets aside, by table. A trial ends behind the table `until`, of which it computes only `only`."""

    aside: Mapping[str, Errors] = field(default_factory=dict)
    until: str | None = None
    only: Collection[str] = ()


class Unfoldable(Exception):
    """The base tables can't take some event of a chunk."""


class _Tried(Exception):
    """A trial has ended, so that it is rolled back; it carries the keys that are to be recomputed."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__()
        self.keys = keys


class Engine:
    """The one writer of a database. Not to be used by two threads at once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, heads: Heads | None = None) -> None:
        """Take over a connection to a database that `lay_out` has laid out, and the heads of its lives."""
        self._connection = connection
        self.heads = heads or Heads()
        self.recall: Recall | None = None  # from the log that is folded
        self._archives: bool | None = None  # whether anything may have left the tables; None while nobody looked

    def offsets(self) -> dict[Stream, int]:
        """Where the tables stand in the log."""
        return read_offsets(self._connection)

    def stand_at(self, offsets: Mapping[Stream, int]) -> None:
        """Have the next fold go on from these offsets."""
        with transaction(self._connection):
            self._remember(offsets)

    def fold(self, chunk: Chunk) -> Moved:
        """Bring the tables from `chunk.before` to `chunk.after`: all of it, or nothing.

        Keys of tables that can't be computed are set aside in `ops.set_aside`, events that can't be folded in
        `ops.unreadable`: found by trial, and the same in every replay. Raises `duckdb.Error` where the machine
        fails (`projections.fault`); the tables are then as they were.
        """
        aside: dict[str, Errors] = {}
        while True:
            try:
                return self._fold(chunk, Plan(aside))
            except Unfoldable as error:
                chunk = self._foldable(chunk, error)
            except Uncomputable as error:
                aside[error.table] = self._uncomputable(chunk, Plan(aside, error.table), error)

    def _fold(self, chunk: Chunk, plan: Plan) -> Moved:
        if self._archives is None:
            self._archives = has_archives(self._connection)
        with transaction(self._connection):
            history = History(self._connection, self.recall, readings_of("incoming"), self._archives)
            try:
                arrived, came = self._add_events(chunk)
                self._quarantine(chunk.unreadable, arrived, came)
            except DATA_FAULTS as error:
                raise Unfoldable from error
            self._archives |= "base.history_archived" in arrived
            stated = _stated(chunk, self._archives)
            if "base.observation" in arrived:
                history.call_back_restated(_STATED)
            if "base.case_filed" in arrived:
                history.call_back_cited(arrived["base.case_filed"])
            counts, keys = self._recompute(arrived, stated, plan, _position(chunk), history)
            history.settle(arrived.get("base.observation"), arrived.get("base.history_archived"))
            self._remember(chunk.after)
        moved = {**came, **counts}
        for table, relation in arrived.items():
            self._drop(relation, moved.get(table, 0))
        return Moved({**chunk.before, **chunk.after}, moved, keys)

    def _foldable(self, chunk: Chunk, failure: Unfoldable) -> Chunk:
        """The chunk without the events that no base table can take, which are unreadable then."""
        frames, unreadable = dict(chunk.frames), list(chunk.unreadable)
        for name, frame in chunk.frames.items():
            rows = failing([str(row) for row in range(frame.height)], partial(self._refused, chunk, name))
            if rows:
                numbers = [int(row) for row in rows]
                reasons = pl.Series("reason", [f"the tables can't take it: {said}" for said in rows.values()])
                unreadable += as_unreadable(frame[numbers], reasons)
                frames[name] = frame.filter(~pl.int_range(pl.len()).is_in(numbers))
        if len(unreadable) == len(chunk.unreadable):
            raise failure
        return Chunk(chunk.before, chunk.after, frames, unreadable)

    def _refused(self, chunk: Chunk, name: str, rows: Collection[str]) -> str | None:
        """Why the base tables don't take these rows of a frame; None where they do."""
        part = Chunk(chunk.before, chunk.after, {name: chunk.frames[name][[int(row) for row in rows]]})
        try:
            with transaction(self._connection):
                self._add_events(part)
                raise _Tried([])
        except _Tried:
            return None
        except DATA_FAULTS as error:
            return said_by(error)

    def _uncomputable(self, chunk: Chunk, plan: Plan, failure: Uncomputable) -> Errors:
        """Which keys of the failing table can't be computed; those that were set aside before are tried apart."""
        table, said = failure.table, said_by(failure.__cause__ or failure)
        try:
            wanted = self._tried(chunk, plan)
        except Uncomputable:
            return {WHOLE: said}
        if table in plan.aside:  # each of them can be computed, and all together can't
            return dict.fromkeys(wanted, said)
        known = {key for (key,) in self._connection.execute(_ASIDE_OF, [table]).fetchall()}
        before, fresh = ([key for key in wanted if (key in known) is there] for there in (True, False))

        def tried(some: Collection[str]) -> str | None:
            try:
                self._tried(chunk, Plan(plan.aside, table, some))
            except Uncomputable as error:
                return said_by(error.__cause__ or error)
            return None

        return {**failing(fresh, tried, None if before else said), **failing(before, tried)}

    def _tried(self, chunk: Chunk, plan: Plan) -> list[str]:
        """Fold as far as a plan goes, and undo it; returns the keys of its table that are to be recomputed."""
        try:
            self._fold(chunk, plan)
        except _Tried as trial:
            return trial.keys
        raise AssertionError(f"{plan.until} was not reached")

    def _add_events(self, chunk: Chunk) -> tuple[dict[str, str], dict[str, int]]:
        """Insert what came; by table a relation that holds what is new in it, and how many rows if any."""
        types = event_types()
        statements = {n: f for n, f in chunk.frames.items() if types[n].aggregate is None}
        lives = {n: f for n, f in chunk.frames.items() if types[n].aggregate is not None}
        (stated, rows), (lived, more) = self._add_statements(statements), self._add_lives(lives)
        return {**stated, **lived}, {table: count for table, count in {**rows, **more}.items() if count}

    def _add_statements(self, frames: Mapping[str, pl.DataFrame]) -> tuple[dict[str, str], dict[str, int]]:
        if not frames:
            return {}, {}
        self._register_unseen(pl.concat(frames.values()).unique("event_id", keep="first", maintain_order=True))
        appended = catalogue().of_kind("append")
        for projection in appended:
            self._connection.execute(parsed(f"INSERT INTO {projection.name} BY NAME {projection.sql}"))
        ((count,),) = self._connection.execute(
            parsed(f"CREATE OR REPLACE TEMP TABLE {_STATED} AS {_CONCERNED}")
        ).fetchall()
        self._connection.unregister("incoming")
        names = [projection.name for projection in appended]
        return dict.fromkeys(names, _STATED), dict.fromkeys(names, count)

    def _register_unseen(self, statements: pl.DataFrame) -> None:
        """Register as `incoming` what is not kept already, whichever way it came twice."""
        self._connection.register("incoming", _as_arrow(statements))
        known = self._connection.execute(parsed(_KNOWN)).fetchall()
        if known:
            unseen = ~pl.col("event_id").is_in([event_id for (event_id,) in known])
            self._connection.register("incoming", _as_arrow(statements.filter(unseen)))

    def _add_lives(self, frames: Mapping[str, pl.DataFrame]) -> tuple[dict[str, str], dict[str, int]]:
        if not frames:
            return {}, {}
        arrived, rows = {}, {}
        for name, counted in arbitrate(self._connection, self.heads, frames).items():
            table, relation = f"base.{event_types()[name].event}", f"new_{event_types()[name].event}"
            self._connection.register(relation, as_kept(event_types()[name], counted))
            self._connection.execute(f"INSERT INTO {table} BY NAME FROM {relation}")
            arrived[table], rows[table] = relation, counted.height
        return arrived, rows

    def _quarantine(self, unreadable: Sequence[Unreadable], arrived: dict[str, str], came: dict[str, int]) -> None:
        if unreadable:
            rows = [(u.submission_id, *u.stream, u.log_offset, u.reason, *u.kept) for u in unreadable]
            where = ("submission_id", "topic", "partition", "log_offset")
            names = (*where, "reason", "content_bytes", "content_sha256")
            self._connection.register("unreadable", pl.DataFrame(rows, schema=names, orient="row"))
            self._connection.execute(
                "INSERT INTO ops.unreadable BY NAME"
                " FROM unreadable ANTI JOIN ops.unreadable AS known USING (submission_id)"
            )
            arrived["ops.unreadable"], came["ops.unreadable"] = "unreadable", len(rows)

    def _recompute(
        self, arrived: dict[str, str], stated: Stated, plan: Plan, position: str, history: History
    ) -> tuple[dict[str, int], dict[str, list[tuple[object, ...]]]]:
        """Recompute the keys that follow from what arrived, table by table in dependency order."""
        counts, few = dict[str, int](), dict[str, list[tuple[object, ...]]]()
        standing = dict(self._connection.execute(parsed(_STANDING)).fetchall())
        for projection in catalogue().of_kind("keyed"):
            selected = keys_after(projection, arrived, stated)
            if selected is None or standing.get(projection.name) == WHOLE:
                continue
            try:
                before = projection.name in standing
                keys, count = self._replace(projection, selected, plan, position, before, history)
            except DATA_FAULTS as error:
                raise Uncomputable(projection.name) from error
            if count:
                arrived[projection.name] = keys
                counts[projection.name] = count
                if projection.name == _TOLD and count <= _FEW:
                    few[projection.name] = self._connection.execute(parsed(f"FROM {keys}")).fetchall()
        if plan.aside or standing:
            counts["ops.set_aside"] = len(plan.aside)
        return counts, few

    def _replace(
        self, projection: Projection, selected: str, plan: Plan, position: str, before: bool, history: History
    ) -> tuple[str, int]:
        """Recompute the selected keys but those that are set aside; the relation of all, and how many they are."""
        name = projection.name
        keys = f"wanted_{name.replace('.', '_')}"
        aside = plan.aside.get(name, {})
        if WHOLE in aside:
            self._connection.execute(_SET_ASIDE, [name, WHOLE, aside[WHOLE], position])
            return keys, 0
        ((count,),) = self._connection.execute(
            parsed(f"CREATE OR REPLACE TEMP TABLE {keys} AS {selected}")
        ).fetchall()
        if count:
            history.call_back_for(projection.fine, keys)
        if before and count:
            touched = f"DELETE FROM ops.set_aside WHERE table_name = ? AND key IN ({_TOUCHED.format(keys=keys)})"
            self._connection.execute(touched, [name])
        if plan.until == name:
            self._end_trial(projection, keys, plan.only)
        elif count and aside:
            rows = pl.DataFrame([(name, key, said, position) for key, said in aside.items()], _ASIDE, orient="row")
            with_frame(self._connection, "kept_aside", rows, "INSERT INTO ops.set_aside BY NAME FROM kept_aside")
            replace_keys(self._connection, projection, keys, self._part(keys, aside, "NOT"), count)
        elif count:
            replace_keys(self._connection, projection, keys, None, count)
        return keys, count

    def _end_trial(self, projection: Projection, keys: str, only: Collection[str]) -> NoReturn:
        wanted = [key for (key,) in self._connection.execute(f"{_TOUCHED.format(keys=keys)} ORDER BY 1").fetchall()]
        if only:
            replace_keys(self._connection, projection, keys, self._part(keys, only))
        raise _Tried(wanted)

    def _part(self, keys: str, named: Collection[str], word: str = "") -> str:
        """A relation of those keys that are named, or not."""
        part = f"FROM {keys} AS w WHERE CAST(w AS VARCHAR) {word} IN (FROM named)"
        made = f"CREATE OR REPLACE TEMP TABLE sound_keys AS {part}"
        with_frame(self._connection, "named", pl.DataFrame({"key": list(named)}), made)
        return "sound_keys"

    def _remember(self, offsets: Mapping[Stream, int]) -> None:
        for stream, offset in offsets.items():
            moved = self._connection.execute(parsed(_MOVE_CHECKPOINT), [offset, *stream]).fetchall()
            if moved == [(0,)]:
                self._connection.execute("INSERT INTO ops.checkpoint VALUES (?, ?, ?)", [*stream, offset])

    def _drop(self, relation: str, rows: int) -> None:
        """Let go of a relation; a small table is left for the next fold to write over: a statement less."""
        if relation == _STATED or relation.startswith("wanted_"):
            if rows > _FEW:
                self._connection.execute(f"DROP TABLE IF EXISTS {relation}")
        else:
            self._connection.unregister(relation)


def replace_keys(
    connection: duckdb.DuckDBPyConnection,
    projection: Projection,
    keys: str,
    sound: str | None = None,
    most: int = _MANY_KEYS,
) -> None:
    """Recompute the rows of a keyed table whose keys stand in `keys`; where `sound` is said, only those in it.

    They are `most` at most. Many are computed slice by slice, so that what a statement needs of memory is bounded.
    """
    same = " AND ".join(f"t.{column} = k.{column}" for column in projection.key)
    connection.execute(parsed(f"DELETE FROM {projection.name} AS t USING {keys} AS k WHERE {same}"))
    relation = sound or keys
    for part in _slices(connection, projection, relation) if most > _SLICE_KEYS else [relation]:
        connection.execute(parsed(f"INSERT INTO {projection.name} BY NAME {with_wanted(projection, part)}"))


def _slices(connection: duckdb.DuckDBPyConnection, projection: Projection, keys: str) -> Iterator[str]:
    """Relations of so many keys each; those that are near in time stand together, since keys end with it."""
    ((count,),) = connection.execute(parsed(f"SELECT count(*) FROM {keys}")).fetchall()
    order = ", ".join(reversed(projection.key))
    numbered = f"SELECT *, (row_number() OVER (ORDER BY {order}) - 1) // {_SLICE_KEYS} AS slice FROM {keys}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE sliced_keys AS {numbered}")
    for number in range(-(-count // _SLICE_KEYS)):
        part = f"SELECT * EXCLUDE (slice) FROM sliced_keys WHERE slice = {number}"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE slice_of_keys AS {part}")
        yield "slice_of_keys"
    for table in ("sliced_keys", "slice_of_keys"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")


@lru_cache(1024)
def parsed(sql: str) -> duckdb.Statement:
    """One statement, parsed once: of the time that a small fold takes, parsing is a tenth."""
    (statement,) = duckdb.extract_statements(sql)
    return statement


def with_wanted(projection: Projection, keys: str) -> str:
    """The projection's SQL, reading its keys from the relation `keys`."""
    return re.sub(r"\bwanted\b", keys, projection.sql)


def read_offsets(connection: duckdb.DuckDBPyConnection) -> dict[Stream, int]:
    """Where the tables of a database stand in the log."""
    rows = connection.execute("SELECT topic, partition, next_offset FROM ops.checkpoint").fetchall()
    return {Stream(topic, partition): offset for topic, partition, offset in rows}


def _stated(chunk: Chunk, archives: bool) -> Stated:
    """What the statements of a chunk are of."""
    statements = [
        (event_types()[name].topic, frame) for name, frame in chunk.frames.items() if "period" in frame.columns
    ]
    periods = frozenset(period for _, frame in statements for period in frame["period"].unique())
    return Stated(frozenset(topic for topic, _ in statements), periods, archives)


def _position(chunk: Chunk) -> str:
    """Where the log stands behind a chunk, as people read it."""
    return ", ".join(f"{stream.topic}/{stream.partition}@{end}" for stream, end in sorted(chunk.after.items()))


def _as_arrow(frame: pl.DataFrame) -> pa.Table:
    """The same rows for DuckDB: strings as views, not copied, in slices of which each is one thread's work."""
    slices = [frame.slice(start, _SLICE_ROWS) for start in range(0, frame.height, _SLICE_ROWS)]
    sliced = pl.concat(slices, rechunk=False) if len(slices) > 1 else frame
    return sliced.to_arrow(compat_level=pl.CompatLevel.newest())
