"""Snapshots of the tables: a database file with the offsets it stands at, from which a new replica starts.

Or a folder of Parquet, for those who only look: any program reads it, whichever version wrote the database.
"""

import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow.parquet as pq

from projections.database import DatabaseUnavailable, Limits, open_generation, remove
from projections.engine import read_offsets
from running.platform import DATABASE_FILE, Platform, locked

_TOGETHER = 50_000
_COMPRESSION = "zstd"


class Form(StrEnum):
    """What a snapshot is written as."""

    duckdb = "duckdb"
    parquet = "parquet"


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


def as_parquet(platform: Platform, folder: Path, progress: Callable[[int, int], None]) -> tuple[str, int]:
    """Write each table as a Parquet file into a new folder, all as of one position; says that, and how many bytes.

    `manifest.json` beside them names the position, and each table's file, rows and columns. Raises `OSError`.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} is there already: name a new folder")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with platform.database.read() as snapshot:
        names = snapshot.connection.execute(_TABLES).fetchall()
        tables = []
        for done, (schema, name) in enumerate(names, 1):
            tables.append(_written(snapshot.connection, schema, name, partial))
            progress(done, len(names))
        position = {str(stream): offset for stream, offset in sorted(snapshot.offsets.items())}
    said = {"position": position, "compression": _COMPRESSION, "tables": tables}
    (partial / "manifest.json").write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2))
    partial.replace(folder)
    return _position(dict(snapshot.offsets)), sum(table["bytes"] for table in tables)


_TABLES = (
    "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary"
    " AND database_name = current_database() ORDER BY ALL"
)


def _written(connection: duckdb.DuckDBPyConnection, schema: str, name: str, folder: Path) -> dict[str, Any]:
    relation = connection.sql(f'SELECT * FROM "{schema}"."{name}"')
    path = folder / schema / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, reader = 0, relation.to_arrow_reader(_TOGETHER)
    with pq.ParquetWriter(path, reader.schema, compression=_COMPRESSION) as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    columns = dict(zip(relation.columns, map(str, relation.types), strict=True))
    file = f"{schema}/{name}.parquet"
    return {
        "table": f"{schema}.{name}",
        "file": file,
        "rows": rows,
        "bytes": path.stat().st_size,
        "columns": columns,
    }


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
