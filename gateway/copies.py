"""Snapshots of the tables: a database file with the offsets it stands at, from which a new replica starts."""

import shutil
from pathlib import Path

import duckdb

from gateway.platform import DATABASE_FILE, Platform, locked
from projections.database import DatabaseUnavailable, Limits, open_generation, remove
from projections.engine import read_offsets


def snapshot(platform: Platform, target: Path) -> str:
    """Write the tables as they stand into a new file; says where in the log that is.

    Nothing is folded meanwhile; questions are answered as ever. Raises `OSError`.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already: name a new file")
    partial = target.with_name(target.name + ".partial")
    with platform.follower.paused():
        connection = platform.database.writer
        connection.execute("CHECKPOINT")
        shutil.copyfile(platform.database.path.resolve(), partial)
        standing = read_offsets(connection)
    partial.replace(target)
    return _position(standing)


def restore(source: Path, data: Path) -> str:
    """Put a snapshot in place of a data folder's tables; says where in the log they then stand.

    Raises `DataFolderInUse`, or `DatabaseUnavailable` where the file is no snapshot.
    """
    data.mkdir(parents=True, exist_ok=True)
    with locked(data):
        standing = _expect_snapshot(source)
        fresh = data / (DATABASE_FILE + ".partial")
        shutil.copyfile(source, fresh)
        for former in data.glob("projections*.duckdb*"):
            if former != fresh:
                remove(former)
        fresh.replace(data / DATABASE_FILE)
    return standing


def _expect_snapshot(source: Path) -> str:
    generation = open_generation(source, Limits())
    try:
        return _position(read_offsets(generation.connection))
    except duckdb.Error as error:
        raise DatabaseUnavailable(f"{source} is no snapshot of this platform: {error}") from error
    finally:
        generation.connection.close()


def _position(offsets: object) -> str:
    said = dict(offsets) if isinstance(offsets, dict) else {}
    return ", ".join(f"{stream} {offset}" for stream, offset in sorted(said.items())) or "the log's beginning"
