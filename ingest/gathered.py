"""Long tables of any size, gathered so that all rows of one site and time are in one table, in little memory.

A long file says a sampling in several rows, which may stand anywhere in it. Where it is too large to be held, its
rows are put down in parts on disk by site and time, and each part is read as a table of its own.
"""

import math
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa

from ingest.dialects import scratch
from ingest.profile import Profile
from ingest.shaping import by_site_and_time
from ingest.tables import Source, Table

TOGETHER = 60_000
"""How many rows are held at once."""
_MOST_PARTS = 512
_NUMBER, _PART = "\ufdd0number", "\ufdd0part"

Keys = Callable[[pl.DataFrame], pl.DataFrame]
"""The columns `site` and `at` of a table, row by row."""


def arranged(how: Profile, source: Source, file_site: str, size: int) -> Iterator[Table]:
    """The tables of a file of `size` bytes as its profile reads them, in each all that one statement is made of."""
    tables = source.tables if how.across is None else (_down(how, table) for table in source.tables)
    if how.readings is None:
        return tables
    return gathered(tables, lambda frame: by_site_and_time(how, frame, file_site).select("site", "at"), size)


def _down(how: Profile, table: Table) -> Table:
    """The table with rows for the columns that are rather rows."""
    if how.across is None:
        return table
    frame, numbers = how.across.rows(table.frame, table.numbers, how.columns)
    return replace(table, frame=frame, numbers=numbers)


def gathered(tables: Iterator[Table], keys: Keys, size: int, together: int = TOGETHER) -> Iterator[Table]:
    """The tables of a file of `size` bytes, all rows of a site and time in one; bad rows come as they are met."""
    held: list[Table] = []
    for table in tables:
        held.append(table)
        if sum(each.frame.height for each in held) > together:
            yield from _in_parts(chain(held, tables), keys, _parts(held, size, together))
            return
    if held:
        yield _joined(held)


def _parts(held: list[Table], size: int, together: int) -> int:
    """How many parts there must be, by how far the file is read."""
    rows, done = sum(each.frame.height for each in held), max(held[-1].done, 1)
    return min(max(math.ceil(rows * size / done / together), 2), _MOST_PARTS)


def _joined(tables: list[Table]) -> Table:
    last = tables[-1]
    numbers = [number for table in tables for number in table.numbers]
    bad = [row for table in tables for row in table.bad]
    return Table(pl.concat([table.frame for table in tables]), numbers, bad, last.done, last.head, last.sent)


def _in_parts(tables: Iterator[Table], keys: Keys, count: int) -> Iterator[Table]:
    with scratch() as folder, ExitStack() as files:
        writers: dict[int, pa.RecordBatchStreamWriter] = {}
        for table in tables:
            numbered = table.frame.with_columns(pl.Series(_NUMBER, list(table.numbers), pl.Int64))
            site_and_at = keys(table.frame)
            part = [zlib.crc32(f"{site}\n{at}".encode()) % count for site, at in site_and_at.iter_rows()]
            numbered = numbered.with_columns(pl.Series(_PART, part, pl.Int64))
            for (number,), rows in numbered.partition_by(_PART, as_dict=True, include_key=False).items():
                written = rows.to_arrow().cast(_schema(rows))
                if number not in writers:
                    writers[number] = files.enter_context(
                        pa.ipc.new_stream(str(Path(folder) / f"{number}"), written.schema)
                    )
                writers[number].write_table(written)
            last = table
            yield Table(table.frame.clear(), [], table.bad, table.done // 2, table.head, table.sent)
        files.close()
        for position, number in enumerate(sorted(writers), 1):
            with pa.ipc.open_stream(str(Path(folder) / f"{number}")) as content:
                rows = pl.DataFrame(content.read_all()).sort(_NUMBER)
            done = last.done // 2 + last.done * position // (2 * len(writers))
            yield Table(rows.drop(_NUMBER), rows[_NUMBER].to_list(), [], done, last.head, last.sent)


def _schema(rows: pl.DataFrame) -> pa.Schema:
    return pa.schema([(name, pa.int64() if name == _NUMBER else pa.large_string()) for name in rows.columns])
