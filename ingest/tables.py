"""Reads files as tables of texts: text tables, workbooks, Parquet and JSON, a batch of rows at a time.

A text table is read by Polars. Where it stumbles, or where a row may be short (it fills short rows up), the file is
read row by row instead, which tells good rows from bad ones and keeps each row's own bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import NoReturn

import orjson
import polars as pl

from ingest import documents
from ingest.bounds import BOOKS, Bounds, expect_cells, expect_within
from ingest.choices import NO_HINTS, Choice, Hints
from ingest.dialects import as_utf8, dialect, found_header, scratch, unpacked
from ingest.rows import AsSent, BadFile, BadRow, Dialect, Header, Row, columns_missing, pieces, refusal, rows
from ingest.workbooks import Sheet, unreadable
from services.decider import Refused
from services.unexpected import guarded

_BATCH_ROWS = 50_000
_TEXTS = (".csv", ".txt", ".tsv", ".tab", ".dat", ".prn")
_DOCUMENTS = (".json", ".geojson")
_LINES = (".ndjson", ".jsonl")
_KINDS = (*_TEXTS, *BOOKS, *_DOCUMENTS, *_LINES, ".parquet")
_ZIPPED, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BOUNDS = Bounds()

Sent = Callable[[Iterable[int]], Mapping[int, Row | BadRow]]


def _nothing_sent(_numbers: Iterable[int]) -> Mapping[int, Row | BadRow]:
    return {}


@dataclass(frozen=True)
class Table:
    """Rows of a file, all texts: the first is the `first`-th data row, from 0; `bad` are rows between them.

    `head` is how many rows stand before the data. `sent` gives rows of a text file as they came, by their numbers.
    """

    frame: pl.DataFrame
    numbers: Sequence[int]
    bad: list[BadRow] = field(default_factory=list)
    done: int = 0
    head: int = 1
    sent: Sent = _nothing_sent


@dataclass(frozen=True)
class Source:
    """A file that is read: by which choice, what its columns are called, and its tables.

    `separators` says that a comma in a number may part thousands: not where cells are parted by semicolons.
    """

    choice: int
    names: Sequence[str]
    tables: Iterator[Table]
    separators: bool = True


@contextmanager
def opened(
    path: Path, choices: Sequence[Choice], hints: Hints = NO_HINTS, bounds: Bounds = _BOUNDS
) -> Iterator[Source]:
    """A file as what one of the choices reads, the first that it fits; its tables are there for the body.

    Raises `BadFile` where it can't be read: because it is none, it unpacks to more than `bounds`, or because
    a reader has a bug; also while tables are read, behind the last one that could be.
    """
    with scratch() as folder:
        source = guarded(lambda: _source(path, Path(folder), choices, hints, bounds), _unread, BadFile, OSError)
        found = source.tables
        yield Source(source.choice, source.names, _guarded(found), source.separators)


def tables(
    path: Path, columns: Sequence[str], records: str | None = None, *, bounds: Bounds = _BOUNDS
) -> Iterator[Table]:
    """The rows of a file, with the columns asked for; no nulls. Raises `BadFile` as `opened` does."""
    with opened(path, [choice_of(columns, records)], bounds=bounds) as source:
        yield from source.tables


def choice_of(columns: Sequence[str], records: str | None = None) -> Choice:
    """Reads nothing but these columns, all of them."""
    return Choice(lambda names: columns if set(columns) <= set(names) else None, columns, records)


def _guarded(found: Iterator[Table]) -> Iterator[Table]:
    while (table := guarded(lambda: next(found, None), _unread, BadFile, OSError)) is not None:
        yield table


def _unread(refusal: Refused) -> NoReturn:
    raise BadFile(refusal)


def _source(path: Path, folder: Path, choices: Sequence[Choice], hints: Hints, bounds: Bounds) -> Source:
    kind = _kind(path)
    expect_within(path, kind, bounds)
    plain, cut = unpacked(path, folder)
    if cut and not plain.stat().st_size:
        raise cut
    if kind in _TEXTS:
        source = _text_table(as_utf8(plain, folder, hints), choices, hints, path.stat().st_size)
    elif kind in BOOKS:
        source = _workbook(plain, choices, hints)
    elif kind == ".parquet":
        source = _parquet(plain, choices, bounds)
    else:
        source = _document(as_utf8(plain, folder, hints), kind, choices, path.stat().st_size)
    filled = (_filled(table, hints.fill_down) for table in source.tables) if hints.fill_down else source.tables
    return Source(source.choice, source.names, chain(filled, _raising(cut)), source.separators)


def _raising(failure: BadFile | None) -> Iterator[Table]:
    if failure is not None:
        raise failure
    yield from ()


def _kind(path: Path) -> str:
    """The ending that says what a file is; where that is no table's, or another's, its first bytes do."""
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    kind = next((ending for ending in reversed(endings) if ending != ".gz"), "")
    with path.open("rb") as file:
        start = file.read(4)
    if kind not in _KINDS or (kind == ".xls" and start[:4] not in (_ZIPPED, _OLE)):
        raise BadFile(unreadable(path, "".join(endings)))
    return kind


def _text_table(path: Path, choices: Sequence[Choice], hints: Hints, size: int) -> Source:
    how, header = dialect(path, choices, hints)
    columns = list(header.columns)
    found = _text_tables(path, how, columns, AsSent(path, how), header.rows, size)
    return Source(header.choice, how.names, found, how.delimiter != ";")


def _text_tables(
    path: Path, how: Dialect, columns: list[str], sent: AsSent, head: int, size: int
) -> Iterator[Table]:
    whole, read = path.stat().st_size, 0

    def told(frame: pl.DataFrame, numbers: Sequence[int], bad: list[BadRow], done: int) -> Table:
        return Table(_unwrapped(frame) if how.unwrapped else frame, numbers, bad, size * done // whole, head, sent)

    try:
        for frame, done in _fast(path, how):
            if frame.height and (frame.to_series(-1) == "").any():
                break
            named = [pl.col(f"column_{how.names.index(name) + 1}").alias(name) for name in columns]
            yield told(frame.select(named), range(read, read + frame.height), [], done)
            read += frame.height
        else:
            return
    except (pl.exceptions.PolarsError, OSError):
        pass  # reading row by row tells what is wrong, and where
    yield from _careful(rows(path, how), columns, read, told)


def _fast(path: Path, how: Dialect) -> Iterator[tuple[pl.DataFrame, int]]:
    """The rows piece by piece, and how many bytes are read by then; a file that is mapped as a whole is held."""
    done, schema = how.start, {f"column_{number + 1}": pl.String for number in range(len(how.names))}
    for piece in pieces(path, how.start):
        done += len(piece)
        frame = pl.read_csv(
            piece, separator=how.delimiter, has_header=False, empty_string_is_null=False, schema=schema
        )
        yield frame, done


def _careful(
    found: Iterator[Row | BadRow],
    columns: Sequence[str],
    known: int,
    told: Callable[[pl.DataFrame, Sequence[int], list[BadRow], int], Table],
) -> Iterator[Table]:
    """The rows behind the first `known`, row by row; what can't be read on is raised behind what could."""
    numbered = islice(enumerate(found), known, None)
    failure: BadFile | None = None
    while failure is None:
        good: list[tuple[int, Row]] = []
        bad: list[BadRow] = []
        try:
            for number, row in islice(numbered, _BATCH_ROWS):
                if isinstance(row, Row):
                    good.append((number, row))
                else:
                    bad.append(row)
        except BadFile as bad_file:
            failure = bad_file
        if good or bad:
            data = {column: [row.values[column] for _, row in good] for column in columns}
            done = max([*(row.done for _, row in good[-1:]), *(row.done for row in bad[-1:])])
            frame = pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String))
            yield told(frame, [number for number, _ in good], bad, done)
        elif failure is None:
            return
    raise failure


def _unwrapped(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.all().str.replace(r'^="(.*)"$', "${1}"))


def _filled(table: Table, columns: Sequence[str]) -> Table:
    """The same, a cell of these columns that is empty saying what the one above it says."""
    there = [column for column in columns if column in table.frame.columns]
    said = [pl.when(pl.col(c).str.strip_chars() != "").then(pl.col(c)).forward_fill().fill_null("") for c in there]
    frame = table.frame.with_columns(expression.alias(name) for expression, name in zip(said, there, strict=True))
    return Table(frame, table.numbers, table.bad, table.done, table.head, table.sent)


def _workbook(path: Path, choices: Sequence[Choice], hints: Hints) -> Source:
    sheet = Sheet(path, lambda first: found_header(choices, first, hints), choices[0].expected, hints.sheet)
    header, size = sheet.header, path.stat().st_size

    def found() -> Iterator[Table]:
        read, cells = 0, sheet.rows()
        places = [header.names.index(name) for name in header.columns]
        while batch := list(islice(cells, _BATCH_ROWS)):
            data = [[row[place] if place < len(row) else "" for row in batch] for place in places]
            frame = pl.DataFrame(dict(zip(header.columns, data, strict=True)), schema=_schema(header))
            done = size * min(read + len(batch), sheet.height) // sheet.height
            yield Table(frame, range(read, read + len(batch)), done=done, head=header.rows)
            read += len(batch)

    return Source(header.choice, header.names, found())


def _schema(header: Header) -> dict[str, pl.DataType]:
    return {name: pl.String() for name in header.columns}


def _parquet(path: Path, choices: Sequence[Choice], bounds: Bounds) -> Source:
    try:
        scanned = pl.scan_parquet(path)
        names, count = scanned.collect_schema().names(), scanned.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable("parquet", error) from None
    header = _fitting(choices, names)
    expect_cells(count, len(header.columns), bounds)

    def found() -> Iterator[Table]:
        read, size = 0, path.stat().st_size
        texts = scanned.select(pl.col(list(header.columns)).cast(pl.String).fill_null(""))
        try:
            for frame in texts.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=True):
                done = size * (read + frame.height) // max(count, 1)
                yield Table(frame, range(read, read + frame.height), done=done)
                read += frame.height
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _unreadable("parquet", error) from None

    return Source(header.choice, names, found())


_Found = Iterator[documents.Record | BadRow]


def _document(path: Path, kind: str, choices: Sequence[Choice], size: int) -> Source:
    """Of a document the first choice that its first records fit; what its records are called is told by those."""
    refused: BadFile | None = None
    ways = [None] if kind in _LINES else list(dict.fromkeys(choice.records for choice in choices))
    for way in ways:
        progress = documents.Progress()
        steps = way.split(".") if way else []
        found: _Found = (
            documents.lines(path, progress) if kind in _LINES else documents.records(path, steps, progress)
        )
        numbers = [n for n, choice in enumerate(choices) if kind in _LINES or choice.records == way]
        first, failure = _batch(found)
        try:
            if failure and not first:
                raise failure
            names = list(dict.fromkeys(name for each in first if isinstance(each, dict) for name in each))
            header = _fitting([choices[n] for n in numbers], names)
        except BadFile as bad:
            refused = refused or bad
        else:
            whole = path.stat().st_size
            told = partial(_share, progress, size, whole)
            return Source(numbers[header.choice], names, _records(first, failure, found, header, told))
    raise refused or BadFile(columns_missing(choices[0].expected, []))


def _batch(found: _Found) -> tuple[list[documents.Record | BadRow], BadFile | None]:
    """The next records, and why there are no more where the file can't be read on."""
    batch: list[documents.Record | BadRow] = []
    try:
        for each in islice(found, _BATCH_ROWS):
            batch.append(each)
    except BadFile as failure:
        return batch, failure
    return batch, None


def _share(progress: documents.Progress, size: int, whole: int) -> int:
    """How far a file of `size` bytes is read, of which a document of `whole` bytes was made."""
    return size * progress.read // max(whole, 1)


def _records(
    batch: list[documents.Record | BadRow],
    failure: BadFile | None,
    found: _Found,
    header: Header,
    told: Callable[[], int],
) -> Iterator[Table]:
    read = 0
    while batch:
        good = [(read + n, each) for n, each in enumerate(batch) if isinstance(each, dict)]
        bad = [each for each in batch if isinstance(each, BadRow)]
        data = {name: [each.get(name, "") for _, each in good] for name in header.columns}
        read += len(batch)
        yield Table(pl.DataFrame(data, schema=_schema(header)), [n for n, _ in good], bad, told())
        if failure:
            raise failure
        batch, failure = _batch(found)
    if failure:
        raise failure


def _fitting(choices: Sequence[Choice], names: Sequence[str]) -> Header:
    header = found_header(choices, [names], NO_HINTS)
    if header is None:
        missing = [column for column in choices[0].expected if column not in names]
        raise BadFile(columns_missing(missing or choices[0].expected, names))
    return header


def _unreadable(kind: str, error: Exception) -> BadFile:
    reason = f"it can't be read as {kind}: {str(error).splitlines()[0]}"
    return BadFile(refusal("unreadable_file", reason, "Check that it is whole and of its kind."))


def cells(table: Table, row: int) -> bytes:
    """A row of a file that has no lines, as JSON."""
    return orjson.dumps(table.frame.row(row, named=True), option=orjson.OPT_APPEND_NEWLINE)
