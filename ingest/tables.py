"""Reads files as tables of texts: CSV, Excel, Parquet and JSON, a batch of rows at a time.

CSV is read by Polars. Where it stumbles, or where a row may be short (it fills short rows up), the file is read row
by row instead, which tells good rows from bad ones and keeps each row's own bytes.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import fastexcel
import orjson
import polars as pl

from ingest.bounds import Bounds, expect_cells, expect_within
from ingest.rows import BadFile, BadRow, Row, expect_columns, header, rows
from services.decider import Refused
from services.unexpected import guarded

_BATCH_ROWS = 50_000
_WHOLE = 1 << 60
_KINDS = (".csv", ".xlsx", ".parquet", ".json", ".geojson", ".ndjson", ".jsonl")
_BOUNDS = Bounds()


@dataclass(frozen=True)
class Table:
    """Rows of a file, all texts: the first is the `first`-th data row, from 0; `bad` are rows between them."""

    frame: pl.DataFrame
    numbers: Sequence[int]
    bad: list[BadRow] = field(default_factory=list)
    done: int = 0


def tables(
    path: Path,
    columns: Sequence[str],
    records: str | None = None,
    *,
    whole: bool = False,
    every: bool = False,
    bounds: Bounds = _BOUNDS,
) -> Iterator[Table]:
    """The rows of a file, with the columns asked for, or `every` one; no nulls. `whole` gives them in one batch.

    `records` says where in a JSON document the rows stand, as `features.properties`; a list is gone through.
    Raises `BadFile` where it can't be read (on), behind the last table that could: because it is none, because it
    unpacks to more than `bounds`, or because a reader has a bug.
    """
    found = _tables(path, columns, records, whole, every, bounds)
    while (table := guarded(lambda: next(found, None), _unread, BadFile, OSError)) is not None:
        yield table


def _unread(refusal: Refused) -> Table | None:
    raise BadFile(refusal)


def _tables(
    path: Path, columns: Sequence[str], records: str | None, whole: bool, every: bool, bounds: Bounds
) -> Iterator[Table]:
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    kind = next((ending for ending in reversed(endings) if ending != ".gz"), "")
    size = _WHOLE if whole else _BATCH_ROWS
    if kind in _KINDS:
        expect_within(path, kind, bounds, whole=whole)
    if kind == ".csv":
        yield from _csv(path, header(path) if every else columns, size)
    elif kind in _KINDS:
        yield from _other(path, kind, None if every else columns, records, size, bounds)
    else:
        raise BadFile(
            Refused(
                "unknown_format", f"{''.join(endings) or 'nameless'!r} files are not read", "file",
                "Save it as CSV (UTF-8), Excel (xlsx), Parquet or JSON.",
            )
        )  # fmt: skip


def names(path: Path) -> Sequence[str]:
    """The columns of a CSV file; of other files none, since they must be read whole to tell. Raises `BadFile`."""
    return guarded(lambda: header(path), _unread_header, BadFile, OSError) if _is_csv(path) else []


def _unread_header(refusal: Refused) -> Sequence[str]:
    raise BadFile(refusal)


def as_sent(path: Path, numbers: Iterable[int]) -> dict[int, Row | BadRow]:
    """Some data rows of a CSV file, by their numbers, from 0, with their lines and bytes; none of other files."""
    wanted, found = set(numbers), dict[int, Row | BadRow]()
    if wanted and _is_csv(path):
        for number, row in enumerate(rows(path, [])):
            if number in wanted:
                found[number] = row
            if len(found) == len(wanted):
                break
    return found


def _is_csv(path: Path) -> bool:
    return ".csv" in [ending.lower() for ending in path.suffixes[-2:]]


def _csv(path: Path, columns: Sequence[str], size: int) -> Iterator[Table]:
    expect_columns(columns, header(path))
    total, read = path.stat().st_size, 0
    try:
        for frame in _fast(path, size):
            if frame.height and (frame.to_series(-1) == "").any():
                break
            done = min(total, total * (read + frame.height) // max(read + 2 * frame.height, 1))
            yield Table(frame.select(columns), range(read, read + frame.height), done=done)
            read += frame.height
        else:
            return
    except (pl.exceptions.PolarsError, OSError):
        pass  # reading row by row tells what is wrong, and where
    yield from _careful(path, columns, read, size)


def _fast(path: Path, size: int) -> Iterator[pl.DataFrame]:
    scanned = pl.scan_csv(path, infer_schema=False, empty_string_is_null=False)
    if size == _WHOLE:
        yield scanned.collect()
    else:
        yield from scanned.collect_batches(chunk_size=size, maintain_order=True)


def _careful(path: Path, columns: Sequence[str], known: int, size: int) -> Iterator[Table]:
    """The rows behind the first `known`, row by row; what can't be read on is raised behind what could."""
    found = islice(enumerate(rows(path, columns)), known, None)
    failure: BadFile | None = None
    while failure is None:
        good: list[tuple[int, Row]] = []
        bad: list[BadRow] = []
        try:
            for number, row in islice(found, size):
                if isinstance(row, Row):
                    good.append((number, row))
                else:
                    bad.append(row)
        except BadFile as bad_file:
            failure = bad_file
        if good or bad:
            yield _table(columns, good, bad)
        elif failure is None:
            return
    raise failure


def _table(columns: Sequence[str], good: Sequence[tuple[int, Row]], bad: list[BadRow]) -> Table:
    data = {column: [row.values[column] for _, row in good] for column in columns}
    done = max([*(row.done for _, row in good[-1:]), *(row.done for row in bad[-1:])])
    frame = pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String))
    return Table(frame, [number for number, _ in good], bad, done)


def _other(
    path: Path, kind: str, columns: Sequence[str] | None, records: str | None, size: int, bounds: Bounds
) -> Iterator[Table]:
    """A file that is read as a whole."""
    try:
        frame = _as_texts(_loaded(path, kind, columns, records, bounds))
    except (
        pl.exceptions.PolarsError,
        OSError,
        ValueError,
        EOFError,
        zlib.error,
        fastexcel.FastExcelError,
    ) as error:
        reason = f"it can't be read as {kind[1:]}: {str(error).splitlines()[0]}"
        raise BadFile(
            Refused("unreadable_file", reason, "file", "Check that it is whole and of its kind.")
        ) from None
    wanted = frame.columns if columns is None else columns
    expect_columns(wanted, frame.columns)
    chosen = frame.select(wanted)
    for start in range(0, chosen.height, size):
        part = chosen.slice(start, size)
        done = path.stat().st_size * (start + part.height) // max(chosen.height, 1)
        yield Table(part, range(start, start + part.height), done=done)


def _loaded(
    path: Path, kind: str, columns: Sequence[str] | None, records: str | None, bounds: Bounds
) -> pl.DataFrame:
    if kind == ".xlsx":
        return pl.read_excel(path, sheet_name=_sheet(path, columns), infer_schema_length=0)
    if kind == ".parquet":
        scanned = pl.scan_parquet(path)
        there = scanned.collect_schema().names()
        wanted = there if columns is None else [column for column in columns if column in there]
        expect_cells(scanned.select(pl.len()).collect().item(), len(wanted), bounds)
        return scanned.collect() if len(wanted) < len(columns or there) else scanned.select(wanted).collect()
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if kind in (".ndjson", ".jsonl"):
        found = [orjson.loads(line) for line in content.splitlines() if line.strip()]
    else:
        found = _records(orjson.loads(content), records.split(".") if records else [])
    if not all(isinstance(record, dict) for record in found):
        raise ValueError("its records are no objects")
    names = list(dict.fromkeys(name for record in found for name in record))
    return pl.DataFrame({name: [_text(record.get(name)) for record in found] for name in names})


def _sheet(path: Path, columns: Sequence[str] | None) -> str:
    """The sheet of a workbook that has the columns; a workbook of one sheet is read as it is."""
    book = fastexcel.read_excel(path)
    if columns is None or len(book.sheet_names) == 1:
        return book.sheet_names[0]
    having = [name for name in book.sheet_names if set(columns) <= set(_sheet_columns(book, name))]
    if len(having) == 1:
        return having[0]
    sheets = ", ".join(book.sheet_names)
    if having:
        found = f"the sheets {', '.join(having)} of {sheets} all have its columns"
        raise BadFile(Refused("several_sheets", found, "file", "Save each as a file of its own."))
    wanted = ", ".join(columns)
    raise BadFile(
        Refused("columns_missing", f"none of the sheets {sheets} has the columns {wanted}", "file",
                "Check that the file is of this kind (--as), and whole.")
    )  # fmt: skip


def _sheet_columns(book: fastexcel.ExcelReader, name: str) -> list[str]:
    return [column.name for column in book.load_sheet(name, n_rows=0).available_columns()]


def _records(document: Any, steps: Sequence[str]) -> list[Any]:
    """What stands at the end of the steps; a list on the way is gone through."""
    if isinstance(document, list):
        return [found for item in document for found in (_records(item, steps) if steps else [item])]
    if steps:
        return (
            _records(document[steps[0]], steps[1:]) if isinstance(document, dict) and steps[0] in document else []
        )
    return [document]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.all().cast(pl.String).fill_null(""))
