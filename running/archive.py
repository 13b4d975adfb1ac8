"""The archive: fine readings that leave the tables for Parquet files of a day; the log keeps them all.

A file is written, and durable under its name, before an event says that it is there; the tables let go of the
readings because of the event (`projections/history.py`). It holds statements as the log has them, so it can be
written anew from the log at any time and says the same: the event's SHA-256 is of that, however it is packed.
"""

import hashlib
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.dataset import dataset

from eventlog.codec import Event, drafts
from eventlog.columns import dtype
from eventlog.durable import sync
from eventlog.log import Offsets
from projections.catalogue import readings_of
from projections.incoming import recalling
from running.platform import ARCHIVE_FOLDER, Platform
from schemas.contract import event_types
from services.decider import Refused

COLUMNS = (
    "event_id",
    "site_id",
    "period",
    "observed_at",
    "occurred_at",
    "recorded_at",
    "source",
    "statement",
    "reviewed",
    "factors",
    "values",
    "marks",
    "partition",
    "log_offset",
)
"""What a file holds of each statement, in order of site, time, period and where it stands in the log."""

SHOWN = "reading_archived"
"""What a question calls the readings that have left the tables: rows as `base.reading` has them."""

_ORDER = ["site_id", "observed_at", "period", "partition", "log_offset"]
_FOLDED_WITHIN_S, _LOOKED_EVERY_S = 600.0, 1.0
_ARCHIVES = uuid.UUID("6d1c6f0e-0b5b-5c0c-9a39-6f6f9c2f0f5e")
_UNITS = "subsystem, day, part, partitions, offsets, statements, readings, sha256, file, CAST(event_id AS VARCHAR)"
_LISTED = f"SELECT {_UNITS} FROM base.history_archived ORDER BY day, subsystem, part"
_WAITING = """
SELECT split_part(o.topic, '.', 2) AS subsystem, o.day, count(*) AS statements
FROM base.observation AS o LEFT JOIN base.archived_span AS s USING (topic, partition, day)
WHERE is_fine(o.period) AND o.day < ? AND (s.until_offset IS NULL OR o.log_offset >= s.until_offset)
GROUP BY ALL ORDER BY o.day, subsystem
"""
_POSITIONS = """
SELECT topic, partition, log_offset FROM base.observation
WHERE is_fine(period) AND day = ? AND topic = 'env1357.' || ?
"""


@dataclass(frozen=True)
class Archive:
    """The fine statements of a subsystem's day that left together, as an event says."""

    subsystem: str
    day: date
    part: int
    partitions: list[int]
    offsets: list[int]
    statements: int
    readings: int
    sha256: str
    file: str
    event_id: str

    @property
    def until(self) -> dict[int, int]:
        """The offset before which statements left, by partition."""
        return dict(zip(self.partitions, self.offsets, strict=False))


@dataclass(frozen=True)
class Bad:
    """An archive whose file does not say what was archived, and why."""

    archive: Archive
    reason: str


def archives(connection: duckdb.DuckDBPyConnection) -> list[Archive]:
    """Every archive that counts, by day."""
    return [Archive(*row) for row in connection.execute(_LISTED).fetchall()]


def kept_from(today: date, months: int) -> date:
    """The first day whose fine readings stay in the tables: the first of the month, so many months ago."""
    ahead = today.year * 12 + today.month - 1 - months
    return date(ahead // 12, ahead % 12 + 1, 1)


def archive(
    platform: Platform, before: date, progress: Callable[[int, int], None], stopped: Callable[[], bool] = bool
) -> list[Archive]:
    """Let fine readings of days before `before` leave, a subsystem's day at a time; what has left is passed over.

    Raises `OSError`, `LogUnavailable`, `LogDamaged`, and `Refused` where the tables lack what the log holds.
    """
    if not _folded(platform, platform.log.ends(), stopped):
        raise Refused("tables_lag", "the tables lack events of the log", "log", "Archive when they have caught up.")
    with platform.database.read() as snapshot:
        waiting = snapshot.connection.execute(_WAITING, [before]).fetchall()
    done = list[Archive]()
    for number, (subsystem, day, _) in enumerate(waiting):
        if stopped():
            break
        done.append(_archived(platform, subsystem, day, stopped))
        progress(number + 1, len(waiting))
    return done


def _folded(platform: Platform, offsets: Offsets, stopped: Callable[[], bool]) -> bool:
    """Wait until the tables hold what stands before the offsets, for a good while or until it is to stop."""
    deadline = time.monotonic() + _FOLDED_WITHIN_S
    while not platform.follower.wait_for(offsets, _LOOKED_EVERY_S):
        if stopped() or time.monotonic() > deadline:
            return False
    return True


def _archived(platform: Platform, subsystem: str, day: date, stopped: Callable[[], bool]) -> Archive:
    """Write a day's file, then say so in the log, and wait until the tables have let go."""
    with platform.database.read() as snapshot:
        former = [a for a in archives(snapshot.connection) if (a.subsystem, a.day) == (subsystem, day)]
        left = _left_before(former)
        found: pl.DataFrame = snapshot.connection.sql(_POSITIONS, params=[day, subsystem]).pl()
    positions = found.filter(_behind(left))
    frame = _statements(platform, positions)
    until = dict(positions.group_by("partition").agg(pl.col("log_offset").max() + 1).sort("partition").iter_rows())
    sha256, part = digest(frame), len(former) + 1
    name = f"{subsystem}-{day}.{part}.{sha256[:12]}.parquet"
    said = {
        "subsystem": subsystem,
        "day": day,
        "part": part,
        "partitions": list(until),
        "offsets": list(until.values()),
        "statements": frame.height,
        "readings": int(frame["factors"].list.len().sum()),
        "sha256": sha256,
        "file": f"{ARCHIVE_FOLDER}/{subsystem}/{day:%Y-%m}/{name}",
    }
    _write(frame, platform.data / str(said["file"]))
    event_id = _recorded(platform, f"archive/{subsystem}-{day}", said, stopped)
    return Archive(**said, event_id=event_id)  # type: ignore[arg-type]  # as the schema has them


def _recorded(platform: Platform, subject: str, said: Mapping[str, Any], stopped: Callable[[], bool]) -> str:
    now, history = platform.clock(), platform.state.history(subject)
    previous = str(history[-1][1]["event_id"]) if history else None
    event_id = str(uuid.uuid5(_ARCHIVES, repr((subject, previous, sorted(said.items())))))
    envelope = {"event_id": event_id, "subject": subject, "occurred_at": now, "recorded_at": now}
    fields = {**envelope, "source": "archive", "previous": previous, **said}
    offsets = platform.log.append(drafts([Event("district.history_archived", fields)]))
    if not _folded(platform, offsets, stopped):
        raise Refused("tables_lag", "the archive stands in the log", "log", "The tables follow when they can.")
    if not platform.state.counted(subject, event_id):
        raise Refused("archived_meanwhile", f"{subject} was archived by another", "log", "Archive again.")
    return event_id


def mend(platform: Platform, progress: Callable[[int, int], None]) -> tuple[list[Archive], list[Bad]]:
    """Write from the log whichever files are missing or say something else; those, and what the log says otherwise.

    What stood in a file's place is kept beside it under another name.
    """
    with platform.database.read() as snapshot:
        known = archives(snapshot.connection)
    mended, bad = list[Archive](), list[Bad]()
    for number, each in enumerate(known):
        if check(platform.data, each):
            frame = _from_log(platform, each, known)
            if digest(frame) == each.sha256:
                path = platform.data / each.file
                if path.exists():
                    path.replace(path.with_name(f"damaged.{path.name}"))
                _write(frame, path)
                mended.append(each)
            else:
                bad.append(
                    Bad(each, "the log itself says other statements than were archived; run `env1357 verify`")
                )
        progress(number + 1, len(known))
    return mended, bad


def check(data: Path, each: Archive) -> str | None:
    """What is wrong with an archive's file; None where it says what was archived."""
    path = data / each.file
    try:
        if not path.resolve().is_relative_to((data / ARCHIVE_FOLDER).resolve()):
            return "its name leads out of the archive"
        if not path.exists():
            return "it is missing"
        frame = _read(path)
        if frame.columns != list(COLUMNS) or digest(frame) != each.sha256:
            return "it says something else than was archived"
    except (OSError, pa.ArrowException, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        return f"it can't be read: {' '.join(str(error).split())}"
    return None


def show(data: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Have archived readings under the name `SHOWN` in a connection. Raises `Refused` where a file is not well."""
    known = archives(connection)
    for each in known:
        if reason := check(data, each):
            raise Refused(
                "archive_not_well",
                f"{each.file}: {reason}",
                "query",
                "Run `env1357 archive --mend`, then ask again.",
            )
    files = [data / each.file for each in known]
    connection.register("archived_statement", dataset(files) if files else nothing_archived())
    connection.execute(f"CREATE TEMP VIEW {SHOWN} AS {readings_of('archived_statement')}")


def bad_files(platform: Platform, progress: Callable[[int, int], None]) -> tuple[int, list[Bad]]:
    """How many archives there are, and those whose files do not say what was archived."""
    with platform.database.read() as snapshot:
        known = archives(snapshot.connection)
    found = list[Bad]()
    for number, each in enumerate(known):
        if reason := check(platform.data, each):
            found.append(Bad(each, reason))
        progress(number + 1, len(known))
    return len(known), found


def nothing_archived() -> pl.DataFrame:
    """What no file would hold: the columns, and no statement."""
    fields = event_types()["air.observation_recorded"].fields
    kinds = {name: dtype(fields[name]["type"]) for name in COLUMNS if name in fields}
    return pl.DataFrame(schema={**kinds, "partition": pl.Int32(), "log_offset": pl.Int64()})


def digest(frame: pl.DataFrame) -> str:
    """SHA-256 of what statements say, in their order: column by column, null by null, in little-endian numbers."""
    total = hashlib.sha256(str(frame.height).encode())
    for name in COLUMNS:
        total.update(name.encode())
        for part in _flat(frame[name]):
            total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def _flat(column: pl.Series) -> Iterator[bytes]:
    """A column's content as bytes."""
    if isinstance(column.dtype, pl.List):
        lengths = column.list.len().cast(pl.Int64)
        yield _numbers(lengths)
        yield from _flat(column.filter(lengths > 0).explode())
        return
    yield _numbers(column.is_null().cast(pl.Int64))
    if column.dtype == pl.String:
        filled = column.fill_null("")
        yield _numbers(filled.str.len_bytes().cast(pl.Int64))
        yield "".join(filled.to_list()).encode()
    elif column.dtype == pl.Float64:
        yield _numbers(column.fill_null(0.0))
    else:
        yield _numbers(column.to_physical().cast(pl.Int64).fill_null(0))


def _numbers(column: pl.Series) -> bytes:
    """Numbers of eight bytes, none of them null, as they lie in memory: little-endian wherever this runs."""
    numbers = column.rechunk().to_arrow()
    return bytes(memoryview(numbers.buffers()[1])[8 * numbers.offset : 8 * (numbers.offset + len(numbers))])


def _statements(platform: Platform, positions: pl.DataFrame) -> pl.DataFrame:
    frames = [frame.select(COLUMNS) for frame in recalling(platform.log)(positions)]
    return pl.concat(frames).sort(_ORDER)


def _from_log(platform: Platform, each: Archive, known: list[Archive]) -> pl.DataFrame:
    former = [a for a in known if (a.subsystem, a.day) == (each.subsystem, each.day) and a.part < each.part]
    with platform.database.read() as snapshot:
        found: pl.DataFrame = snapshot.connection.sql(_POSITIONS, params=[each.day, each.subsystem]).pl()
    return _statements(platform, found.filter(_behind(_left_before(former)) & ~_behind(each.until)))


def _left_before(former: list[Archive]) -> dict[int, int]:
    left = dict[int, int]()
    for each in former:
        for partition, offset in each.until.items():
            left[partition] = max(offset, left.get(partition, 0))
    return left


def _behind(offsets: Mapping[int, int]) -> pl.Expr:
    """Whether a position stands at or behind its partition's offset; where none is named, it does."""
    expected = (
        pl.col("partition").replace_strict(offsets, default=0, return_dtype=pl.Int64) if offsets else pl.lit(0)
    )
    return pl.col("log_offset") >= expected


def _read(path: Path) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(pq.read_table(path)))


def _write(frame: pl.DataFrame, path: Path) -> None:
    """Write a file so that it is there whole and durable, or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    frame.write_parquet(partial, compression="zstd", row_group_size=100_000)
    sync(partial)
    partial.replace(path)
    for folder in list(path.parents)[:4]:  # the month's, the subsystem's, the archive's and the data folder
        sync(folder)
