"""Folds chunks of the log into the tables, each in one transaction with the offsets that it brings them to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import duckdb
import polars as pl
import pyarrow as pa

from eventlog.log import Stream
from projections.arbitration import arbitrate
from projections.catalogue import Projection, catalogue, keys_after
from projections.chunk import Chunk, Unreadable
from projections.heads import Heads
from projections.transaction import transaction
from schemas.contract import event_types

_FEW = 1000
_TOLD = "air.hourly"
_SLICE_ROWS = 8192
_STATED = "stated"
_CONCERNED = "SELECT site_id, period, observed_at, topic FROM incoming"
_KNOWN = (
    "SELECT CAST(o.event_id AS VARCHAR) AS event_id FROM base.observation AS o JOIN incoming AS i"
    " ON i.site_id = o.site_id AND i.observed_at = o.observed_at AND CAST(i.event_id AS UUID) = o.event_id"
)
_MOVE_CHECKPOINT = "UPDATE ops.checkpoint SET next_offset = ? WHERE topic = ? AND partition = ?"


@dataclass(frozen=True)
class Moved:
    """What a fold changed: for each table how many keys were recomputed, and which hours of the air, where few."""

    offsets: Mapping[Stream, int]
    tables: Mapping[str, int]
    keys: Mapping[str, Sequence[tuple[object, ...]]]


class Engine:
    """The one writer of a database. Not to be used by two threads at once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, heads: Heads | None = None) -> None:
        """Take over a connection to a database that `lay_out` has laid out, and the heads of its lives."""
        self._connection = connection
        self.heads = heads or Heads()

    def offsets(self) -> dict[Stream, int]:
        """Where the tables stand in the log."""
        return read_offsets(self._connection)

    def stand_at(self, offsets: Mapping[Stream, int]) -> None:
        """Have the next fold go on from these offsets."""
        with transaction(self._connection):
            self._remember(offsets)

    def fold(self, chunk: Chunk) -> Moved:
        """Bring the tables from `chunk.before` to `chunk.after`: all of it, or nothing.

        Raises `duckdb.Error` where the database can't take it; the tables are then as they were.
        """
        with transaction(self._connection):
            arrived = self._add_events(chunk)
            self._set_aside(chunk.unreadable, arrived)
            counts, keys = self._recompute(arrived, frozenset(event_types()[name].topic for name in chunk.frames))
            self._remember(chunk.after)
        for relation in set(arrived.values()):
            self._drop(relation)
        return Moved({**chunk.before, **chunk.after}, counts, keys)

    def _add_events(self, chunk: Chunk) -> dict[str, str]:
        """Insert what came; returns by table the name of a relation that holds what is new in it."""
        types = event_types()
        statements = {n: f for n, f in chunk.frames.items() if types[n].aggregate is None}
        lives = {n: f for n, f in chunk.frames.items() if types[n].aggregate is not None}
        return {**self._add_statements(statements), **self._add_lives(lives)}

    def _add_statements(self, frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
        if not frames:
            return {}
        self._register_unseen(pl.concat(frames.values()).unique("event_id", keep="first", maintain_order=True))
        appended = catalogue().of_kind("append")
        for projection in appended:
            self._connection.execute(parsed(f"INSERT INTO {projection.name} BY NAME {projection.sql}"))
        self._connection.execute(parsed(f"CREATE OR REPLACE TEMP TABLE {_STATED} AS {_CONCERNED}"))
        self._connection.unregister("incoming")
        return {projection.name: _STATED for projection in appended}

    def _register_unseen(self, statements: pl.DataFrame) -> None:
        """Register as `incoming` what is not kept already, whichever way it came twice."""
        self._connection.register("incoming", _as_arrow(statements))
        known = self._connection.execute(parsed(_KNOWN)).fetchall()
        if known:
            unseen = ~pl.col("event_id").is_in([event_id for (event_id,) in known])
            self._connection.register("incoming", _as_arrow(statements.filter(unseen)))

    def _add_lives(self, frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
        if not frames:
            return {}
        arrived = {}
        for name, counted in arbitrate(self._connection, self.heads, frames).items():
            table, relation = f"base.{event_types()[name].event}", f"new_{event_types()[name].event}"
            self._connection.register(relation, counted.drop("topic", "partition"))
            self._connection.execute(f"INSERT INTO {table} BY NAME FROM {relation}")
            arrived[table] = relation
        return arrived

    def _set_aside(self, unreadable: Sequence[Unreadable], arrived: dict[str, str]) -> None:
        if unreadable:
            rows = [(u.submission_id, *u.stream, u.log_offset, u.reason, u.content) for u in unreadable]
            names = ("submission_id", "topic", "partition", "log_offset", "reason", "content")
            self._connection.register("unreadable", pl.DataFrame(rows, schema=names, orient="row"))
            self._connection.execute(
                "INSERT INTO ops.unreadable BY NAME"
                " FROM unreadable ANTI JOIN ops.unreadable AS known USING (submission_id)"
            )
            arrived["ops.unreadable"] = "unreadable"

    def _recompute(
        self, arrived: dict[str, str], topics: frozenset[str]
    ) -> tuple[dict[str, int], dict[str, list[tuple[object, ...]]]]:
        """Recompute the keys that follow from what arrived, table by table in dependency order."""
        counts, few = dict[str, int](), dict[str, list[tuple[object, ...]]]()
        for projection in catalogue().of_kind("keyed"):
            selected = keys_after(projection, arrived, topics)
            if selected is None:
                continue
            keys = f"wanted_{projection.name.replace('.', '_')}"
            made = self._connection.execute(parsed(f"CREATE OR REPLACE TEMP TABLE {keys} AS {selected}"))
            ((count,),) = made.fetchall()
            if count:
                replace_keys(self._connection, projection, keys)
                arrived[projection.name] = keys
                counts[projection.name] = count
                if projection.name == _TOLD and count <= _FEW:
                    few[projection.name] = self._connection.execute(parsed(f"FROM {keys}")).fetchall()
        return counts, few

    def _remember(self, offsets: Mapping[Stream, int]) -> None:
        for stream, offset in offsets.items():
            moved = self._connection.execute(parsed(_MOVE_CHECKPOINT), [offset, *stream]).fetchall()
            if moved == [(0,)]:
                self._connection.execute("INSERT INTO ops.checkpoint VALUES (?, ?, ?)", [*stream, offset])

    def _drop(self, relation: str) -> None:
        if relation == _STATED or relation.startswith("wanted_"):
            self._connection.execute(f"DROP TABLE {relation}")
        else:
            self._connection.unregister(relation)


def replace_keys(connection: duckdb.DuckDBPyConnection, projection: Projection, keys: str) -> None:
    """Recompute the rows of a keyed table whose keys stand in the relation `keys`."""
    same = " AND ".join(f"t.{column} = k.{column}" for column in projection.key)
    connection.execute(parsed(f"DELETE FROM {projection.name} AS t USING {keys} AS k WHERE {same}"))
    connection.execute(parsed(f"INSERT INTO {projection.name} BY NAME {with_wanted(projection, keys)}"))


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


def _as_arrow(frame: pl.DataFrame) -> pa.Table:
    """The same rows for DuckDB: strings as views, not copied, in slices of which each is one thread's work."""
    slices = [frame.slice(start, _SLICE_ROWS) for start in range(0, frame.height, _SLICE_ROWS)]
    sliced = pl.concat(slices, rechunk=False) if len(slices) > 1 else frame
    return sliced.to_arrow(compat_level=pl.CompatLevel.newest())
