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
    except UnicodeDecodeError as error:
        raise BadFile(_refusal("not_utf8", f"it is not UTF-8: {error}", "Save it as UTF-8.")) from None


def header(path: Path) -> list[str]:
    """The names of the columns. Raises `BadFile` where not even they can be read."""
    with path.open("rb") as file:
        try:
            with _opened(file, path.suffix) as content:
                return next(csv.reader(_Recorder(content), strict=True), [])
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadFile(_damaged(error)) from None
        except (UnicodeDecodeError, csv.Error) as error:
            raise BadFile(_refusal("not_utf8", f"it is no CSV in UTF-8: {error}", "Save it as UTF-8.")) from None


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
        if len(cells) != len(names):
            refusal = _refusal(
                "truncated_row" if len(cells) < len(names) else "malformed_row",
                f"the row has {len(cells)} of {len(names)} fields",
                "The file may be cut: fetch it again whole, and import it again.",
            )
            yield BadRow(number, raw, refusal, file.tell())
        else:
            yield Row(number, dict(zip(names, cells, strict=True)), raw, file.tell())


class _Recorder:
    """Hands lines on as text and keeps their bytes until they are taken."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._kept, self._first = iter(content), list[bytes](), True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._content)
        self._kept.append(line)
        encoding, self._first = "utf-8-sig" if self._first else "utf-8", False
        return line.decode(encoding)

    def taken(self) -> bytes:
        """The bytes of the lines handed on since the last time."""
        raw, self._kept = b"".join(self._kept), []
        return raw


def _refusal(code: str, message: str, remedy: str) -> Refused:
    return Refused(code, message, "file", remedy)
