"""Builds tables anew from the log: beside the live ones, to be swapped in, looked at or compared."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from eventlog.log import EventLog, Offsets
from projections.catalogue import all_keys, catalogue, readings_of
from projections.chunk import Chunk
from projections.database import Database, Generation, Limits, discard, open_generation
from projections.engine import Engine, replace_keys
from projections.history import History
from projections.incoming import CHUNK_EVENTS, ahead, chunks, recalling
from projections.transaction import transaction
from schemas.contract import event_types

Progress = Callable[[int, int], None]
"""Called with the number of events folded and the number in all."""

Pause = Callable[[], AbstractContextManager[None]]
"""Holds up whoever follows the log into the live tables."""

_COMPARED = {"ops.set_aside": "table_name, key"}
"""What two ways of folding must agree on: not on when a key was found to fail, nor which error came first."""

_FEWEST_EVENTS = 1024
"""Chunks that even so many events don't fit into the memory of are not cut further."""

_REBUILD_WAL = "256MB"
"""A file that is thrown away when its writer dies need not be checkpointed on the way."""


def silent(done: int, total: int) -> None:
    """No progress shown."""


@dataclass(frozen=True)
class Only:
    """What had been taken down by a time, or what had happened by a time and is known today (UTC, naive)."""

    recorded_until: datetime | None = None
    occurred_until: datetime | None = None
    _left_out: dict[str, str | None] = field(default_factory=dict)

    def of(self, chunk: Chunk) -> Chunk:
        """The chunk without what is later; its chunks are to come in the order of the log.

        What was recorded behind something that happened later, and is left out, goes on from what was before that:
        else it would count as rivalled, and be set aside.
        """
        limits = {"recorded_at": self.recorded_until, "occurred_at": self.occurred_until}
        kept = pl.all_horizontal([pl.col(name) <= until for name, until in limits.items() if until is not None])
        for name, frame in chunk.frames.items():
            if event_types()[name].aggregate:  # nothing goes on from a statement
                self._left_out.update(frame.filter(~kept).select("event_id", "previous").iter_rows())
        frames = {name: self._chained(frame.filter(kept)) for name, frame in chunk.frames.items()}
        return Chunk(chunk.before, chunk.after, frames, chunk.unreadable)

    def _chained(self, frame: pl.DataFrame) -> pl.DataFrame:
        if not frame["previous"].is_in(self._left_out.keys()).any():
            return frame
        return frame.with_columns(pl.Series("previous", map(self._before, frame["previous"]), pl.String))

    def _before(self, event_id: str | None) -> str | None:
        while event_id in self._left_out:
            event_id = self._left_out[event_id]
        return event_id


def replay(
    log: EventLog,
    engine: Engine,
    until: Offsets,
    only: Only | None = None,
    progress: Progress = silent,
    size: int = CHUNK_EVENTS,
) -> None:
    """Fold the log from where the engine's tables stand up to `until`; of what is said there `only` a part."""
    engine.recall = recalling(log)
    before = engine.offsets()
    total = sum(end - before.get(stream, 0) for stream, end in until.items())
    done = 0
    while True:
        try:
            with closing(log.read(before)) as batches:  # type: ignore[type-var]  # an iterator of ours is a generator
                for chunk in ahead(chunks(batches, before, until, size)):
                    engine.fold(chunk if only is None else only.of(chunk))
                    done += chunk.events
                    progress(done, total)
            return
        except duckdb.OutOfMemoryException:
            if size <= _FEWEST_EVENTS:
                raise
            before, size = engine.offsets(), size // 2  # nothing of the chunk was folded: in smaller ones it may be


def build(
    log: EventLog,
    path: Path,
    limits: Limits,
    until: Offsets | None = None,
    only: Only | None = None,
    progress: Progress = silent,
    after: Offsets | None = None,
    size: int = CHUNK_EVENTS,
) -> Generation:
    """A new database file with all that the log says, up to `until` or its end. Removed again on failure.

    With `after` only what stands behind it.
    """
    generation = open_generation(path, limits, checkpoint=_REBUILD_WAL)
    try:
        generation.engine.stand_at(after or {})
        replay(log, generation.engine, until or log.ends(), only, progress, size)
    except BaseException:
        discard(generation)
        raise
    return generation


def rebuild(
    log: EventLog, database: Database, pause: Pause, progress: Progress = silent, size: int = CHUNK_EVENTS
) -> None:
    """Build the tables anew beside the live ones, which go on being read and folded, then swap them."""
    generation = build(log, database.next_path(), database.limits, progress=progress, size=size)
    engine = generation.engine
    try:
        replay(log, engine, log.ends(), progress=progress, size=size)  # what came meanwhile, still beside the live
        with pause():
            replay(log, engine, log.ends(), size=size)
            generation.connection.close()
            database.swap(open_generation(generation.path, database.limits))
    except BaseException:
        if generation.path != database.path.resolve():
            discard(generation)
        raise


def refold(log: EventLog, database: Database, pause: Pause, after: Offsets, progress: Progress = silent) -> int:
    """Fold once more what stands behind `after` up to where the live tables stand; how many events that were.

    What they hold already stays as it is. Where it is interrupted, whoever follows goes on from where it was.
    """
    with pause():
        engine = database.engine
        standing = engine.offsets()
        start = {stream: min(after.get(stream, offset), offset) for stream, offset in standing.items()}
        engine.stand_at(start)
        replay(log, engine, standing, progress=progress)
    return sum(offset - start[stream] for stream, offset in standing.items())


def recompute(log: EventLog, database: Database, pause: Pause, theme: str) -> dict[str, int]:
    """Recompute every row of one theme's tables from what they follow from; returns keys by table."""
    counts = {}
    with pause(), transaction(database.writer) as connection:
        history = History(connection, recalling(log), readings_of("incoming"))
        for projection in catalogue().of_kind("keyed"):
            if projection.name.startswith(f"{theme}."):
                connection.execute(f"DELETE FROM {projection.name}")
                connection.execute(f"CREATE OR REPLACE TEMP TABLE every_key AS {all_keys(projection)}")
                history.call_back_for(projection.fine, "every_key")
                replace_keys(connection, projection, "every_key")
                connection.execute("DELETE FROM ops.set_aside WHERE table_name = ?", [projection.name])
                counted = connection.execute("SELECT count(*) FROM every_key").fetchall()
                counts[projection.name] = counted[0][0]
        history.settle()
    return counts


@dataclass(frozen=True)
class Comparison:
    """One table of the live database beside the same one replayed: rows, and whether their content is equal."""

    table: str
    live_rows: int
    replayed_rows: int
    equal: bool


def compare(log: EventLog, database: Database, progress: Progress = silent) -> list[Comparison]:
    """Replay the log to where the live tables stand and compare every table's content."""
    with database.read() as snapshot:
        path = database.next_path()
        generation = build(log, path, database.limits, until=snapshot.offsets, progress=progress)
        try:
            live, replayed = contents(snapshot.connection), contents(generation.connection)
        finally:
            discard(generation)
    return [
        Comparison(name, rows, replayed[name][0], (rows, digest) == replayed[name])
        for name, (rows, digest) in live.items()
    ]


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """For each table its number of rows and a digest of them that doesn't depend on their order."""
    tables = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
        " WHERE NOT temporary AND schema_name <> 'standards' AND table_name NOT IN ('built_by', 'noted_head')"
        " ORDER BY ALL"
    ).fetchall()
    return {name: _content(connection, name) for (name,) in tables}


def _content(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    compared = f"(SELECT {_COMPARED[table]} FROM {table})" if table in _COMPARED else table
    digest = f"SELECT count(*), coalesce(sum(CAST(hash(row_) AS HUGEINT)), 0) FROM {compared} AS row_"
    rows, total = connection.execute(digest).fetchall()[0]
    return rows, int(total)
