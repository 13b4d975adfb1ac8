"""What followers of a data set have: the sum of each row by its key, kept so that they are told what differs since.

A follower asks `changedSince=start`, and from then on with the `since` of the answer before. Sums are of what
rows say, not of when they were made, so they hold over restarts, rebuilds and new versions. Where they are gone, a
follower is told to start anew.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet

from gateway.api.bodies import BadRequest
from gateway.sharing.asking import START, Asked

CHANGE = "change"
"""The column that says NEW, CORRECTED or WITHDRAWN."""

_MOST_BYTES = 2 * 1024**3
_BATCH_ROWS = 16_384
_BEFORE = "rows_before"
_SUM = "sum_of_row"


class Followed:
    """The sums of one data folder, so many bytes of them; those that were not asked for longest go first."""

    def __init__(self, folder: Path, most_bytes: int = _MOST_BYTES) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder, self._most_bytes = folder, most_bytes

    @contextmanager
    def before(self, asked: Asked) -> Iterator[IO[bytes] | None]:
        """The sums that a follower goes on from; None at its start. Raises `BadRequest` where they are no more.

        The file stays open, so that it can be read though others make room meanwhile.
        """
        if asked.since == START:
            yield None
            return
        path = self._path(asked, str(asked.since))
        try:
            os.utime(path)
            file = path.open("rb")
        except OSError:
            remedy = f"Start anew: empty your copy, and ask with changedSince={START}."
            raise BadRequest(410, "gone", "what has changed since then can't be told any more", remedy) from None
        with file:
            yield file

    def keep(self, asked: Asked, connection: duckdb.DuckDBPyConnection, position: str) -> str:
        """Keep the sums of the rows as they are; returns the token from which a follower goes on."""
        sql, params = _sums(asked)
        reader = connection.sql(sql, params=params).to_arrow_reader(_BATCH_ROWS)
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".")
        with ExitStack() as undone:
            undone.callback(Path(name).unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as file, pa.parquet.ParquetWriter(file, reader.schema) as writer:
                for batch in reader:
                    writer.write_batch(batch)
            with Path(name).open("rb") as written:
                content = hashlib.file_digest(written, "sha256").hexdigest()
            token = f"{position}~{content[:16]}"
            Path(name).replace(self._path(asked, token))
            undone.pop_all()
        self._make_room()
        return token

    def _path(self, asked: Asked, token: str) -> Path:
        named = hashlib.sha256(repr((asked.rows_named, asked.data_set.projection.key, token)).encode())
        return self._folder / f"{named.hexdigest()[:40]}.parquet"

    def _make_room(self) -> None:
        found = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in self._folder.glob("*.parquet"))
        size = sum(each for _, each, _ in found)
        for _, each, path in found[:-1]:
            if size <= self._most_bytes:
                break
            path.unlink(missing_ok=True)
            size -= each


def changes(asked: Asked, before: IO[bytes] | None, connection: duckdb.DuckDBPyConnection) -> pa.RecordBatchReader:
    """The rows that differ from what a follower has, in order of the key; of withdrawn ones the key alone."""
    data_set, key = asked.data_set, asked.data_set.projection.key
    now, params = _rows(asked, f'{data_set.selected}, {_sum(asked)} AS "{_SUM}"')
    names = [column.name for column in data_set.columns]
    if before is None:
        columns = ", ".join(f'"{name}"' for name in names)
        sql = f"SELECT {columns}, 'NEW' AS {CHANGE} FROM ({now})"
    else:
        connection.register(_BEFORE, _batches(before))
        same = " AND ".join(f'n."{name}" IS NOT DISTINCT FROM b."{name}"' for name in key)
        columns = ", ".join(
            f'if(n."{_SUM}" IS NULL, b."{name}", n."{name}") AS "{name}"' if name in key else f'n."{name}"'
            for name in names
        )
        change = (
            f"CASE WHEN n.\"{_SUM}\" IS NULL THEN 'WITHDRAWN' WHEN b.\"{_SUM}\" IS NULL THEN 'NEW'"
            " ELSE 'CORRECTED' END"
        )
        sql = (
            f"SELECT {columns}, {change} AS {CHANGE} FROM ({now}) AS n FULL JOIN {_BEFORE} AS b ON {same}"
            f' WHERE n."{_SUM}" IS DISTINCT FROM b."{_SUM}"'
        )
    order = ", ".join(f'"{name}"' for name in key)
    return connection.sql(f"FROM ({sql}) ORDER BY {order}", params=params).to_arrow_reader(_BATCH_ROWS)


def _sums(asked: Asked) -> tuple[str, dict[str, Any]]:
    key = ", ".join(f'"{name}"' for name in asked.data_set.projection.key)
    now, params = _rows(asked, f'{asked.data_set.selected}, {_sum(asked)} AS "{_SUM}"')
    return f'SELECT {key}, "{_SUM}" FROM ({now}) ORDER BY {key}', params


def _rows(asked: Asked, selected: str) -> tuple[str, dict[str, Any]]:
    conditions = [
        f"({argument.sql})" for argument in asked.data_set.question.arguments if argument.name in asked.given
    ]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {selected} FROM {asked.data_set.name}{where}", dict(asked.given)


def _sum(asked: Asked) -> str:
    """SQL of a row's sum, over the columns that may be seen and no others."""
    return f"hash(struct_pack({asked.data_set.packed}))"


def _batches(before: IO[bytes]) -> pa.RecordBatchReader:
    file = pa.parquet.ParquetFile(before)
    return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(_BATCH_ROWS))
