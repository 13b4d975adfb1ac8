"""Reads CSV row by row, keeping each row's own bytes, so that a refused row can be kept as it came."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from services.decider import Refused

_MOST_COLUMNS = 10_000
_LONGEST_LINE = 8 * 1024 * 1024


@dataclass(frozen=True)
class Row:
    """One row: `number` is its line in the file, `done` how many bytes of the file have been read so far."""

    number: int
    values: Mapping[str, str]
    raw: bytes
    done: int


@dataclass(frozen=True)
class BadRow:
    """A row that can't be taken apart, and why."""

    number: int
    raw: bytes
    refusal: Refused
    done: int


class BadFile(Exception):
    """The file as a whole can't be read (on): the refusal says why."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def rows(path: Path, columns: Sequence[str]) -> Iterator[Row | BadRow]:
    """The rows of a CSV file (UTF-8, comma, header), gzipped or not.

    Raises `BadFile` at once where columns are missing, and behind the last good row where the file is cut.
    """
    try:
        with path.open("rb") as file, _opened(file, path.suffix) as content:
            yield from _parsed(file, content, columns)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadFile(_damaged(error)) from None


def header(path: Path) -> list[str]:
    """The names of the columns. Raises `BadFile` where not even they can be read, or where there are too many."""
    with path.open("rb") as file:
        try:
            with _opened(file, path.suffix) as content:
                names = next(csv.reader(_Recorder(content), strict=True), [])
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadFile(_damaged(error)) from None
        except csv.Error as error:
            raise BadFile(_refusal("malformed_header", f"it is no CSV: {error}", "Save it as CSV.")) from None
    if any(map(_is_no_utf8, names)):
        raise BadFile(_refusal("not_utf8", "its first line is not UTF-8", "Save it as UTF-8."))
    if len(names) > _MOST_COLUMNS:
        found = f"it has {len(names)} columns, and {_MOST_COLUMNS} are read at the most"
        raise BadFile(_refusal("too_wide", found, "Send a file with the columns that its profile names."))
    return names


def expect_columns(columns: Sequence[str], found: Sequence[str]) -> None:
    """Raise `BadFile` where a table lacks one of the columns, or has it twice: which is meant?"""
    missing = [column for column in columns if column not in found]
    if missing:
        raise BadFile(columns_missing(missing, found))
    twice = [column for column in columns if found.count(column) > 1]
    if twice:
        remedy = "Give each column a name of its own, or take the ones that are not meant out."
        raise BadFile(_refusal("columns_repeated", f"there is more than one column {', '.join(twice)}", remedy))


def columns_missing(missing: Sequence[str], found: Sequence[str]) -> Refused:
    """The refusal of a table that lacks columns."""
    return _refusal(
        "columns_missing",
        f"there is no column {', '.join(missing)}; there are {', '.join(found) or 'none'}",
        "Check that the file is of this kind (--as), and whole.",
    )


def _damaged(error: Exception) -> Refused:
    return _refusal("truncated_file", f"the compressed file is cut or damaged: {error}", "Fetch it again whole.")


def _opened(file: IO[bytes], suffix: str) -> AbstractContextManager[Any]:
    return gzip.open(file) if suffix == ".gz" else nullcontext(file)


def _parsed(file: IO[bytes], content: Any, columns: Sequence[str]) -> Iterator[Row | BadRow]:
    lines = _Recorder(content)
    reader = csv.reader(lines, strict=True)
    names = next(reader, [])
    lines.taken()
    missing = [column for column in columns if column not in names]
    if missing:
        raise BadFile(columns_missing(missing, names))
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raw = lines.taken()
            yield BadRow(number, raw, _refusal("malformed_row", str(error), "Correct the quotes."), file.tell())
            continue
        raw = lines.taken()
        if any(map(_is_no_utf8, cells)):
            yield BadRow(
                number, raw, _refusal("not_utf8", "the row is not UTF-8", "Save it as UTF-8."), file.tell()
            )
        elif len(cells) != len(names):
            refusal = _refusal(
                "truncated_row" if len(cells) < len(names) else "malformed_row",
                f"the row has {len(cells)} of {len(names)} fields",
                "The file may be cut: fetch it again whole, and import it again.",
            )
            yield BadRow(number, raw, refusal, file.tell())
        else:
            yield Row(number, dict(zip(names, cells, strict=True)), raw, file.tell())


class _Recorder:
    """Hands lines on as text and keeps their bytes until they are taken; what is not UTF-8 becomes surrogates."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._kept, self._first = content, list[bytes](), True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._content.readline(_LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > _LONGEST_LINE:
            found = f"a line is longer than {_LONGEST_LINE} bytes"
            raise BadFile(_refusal("line_too_long", found, "Check that it is CSV, with a row in each line."))
        self._kept.append(line)
        encoding, self._first = "utf-8-sig" if self._first else "utf-8", False
        return line.decode(encoding, "surrogateescape")

    def taken(self) -> bytes:
        """The bytes of the lines handed on since the last time."""
        raw, self._kept = b"".join(self._kept), []
        return raw


def _is_no_utf8(text: str) -> bool:
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)


def _refusal(code: str, message: str, remedy: str) -> Refused:
    return Refused(code, message, "file", remedy)
