"""Reads text tables row by row, keeping each row's own bytes, so that a refused row can be kept as it came."""

import csv
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from services.decider import Refused

_LONGEST_LINE = 8 * 1024 * 1024
_PIECE, _LONGEST_PIECE = 4 * 1024 * 1024, 64 * 1024 * 1024
_TRIES = 100


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


@dataclass(frozen=True)
class Dialect:
    """How a text file in UTF-8 is written: `start` bytes and `lines` lines stand before its first data row.

    `unwrapped` says that cells may be written as formulas of a text, as Excel needs it: `="0123"`.
    """

    delimiter: str
    names: Sequence[str]
    start: int
    lines: int
    unwrapped: bool = False


@dataclass(frozen=True)
class Header:
    """A header that was found: by which choice, how many rows stand before the data, and its columns' names."""

    choice: int
    rows: int
    names: Sequence[str]
    columns: Sequence[str]


def rows(path: Path, how: Dialect, start: int = 0) -> Iterator[Row | BadRow]:
    """The data rows of a text file, the first of them at `start` bytes, where that is known.

    Raises `BadFile` where a line never ends.
    """
    with path.open("rb") as file:
        file.seek(start or how.start)
        yield from _parsed(file, how, start or how.start)


def pieces(path: Path, start: int) -> Iterator[bytes]:
    """A text file behind its first bytes in pieces of whole rows: each ends with a line, and within no quotes.

    Raises `OSError` where no such end is found.
    """
    with path.open("rb") as file:
        file.seek(start)
        rest = b""
        while block := file.read(_PIECE):
            rest += block
            end = _end_of_rows(rest)
            if end:
                yield rest[:end]
                rest = rest[end:]
            elif len(rest) > _LONGEST_PIECE:
                raise OSError("its quotes do not end")
        if rest:
            yield rest


def _end_of_rows(block: bytes) -> int:
    """Where the last line ends that ends a row, by the quotes before it; 0 where none does."""
    end = block.rfind(b"\n") + 1
    quotes = block.count(b'"', 0, end)
    for _ in range(_TRIES):
        if not end or quotes % 2 == 0:
            return end
        before = block.rfind(b"\n", 0, end - 1) + 1
        quotes -= block.count(b'"', before, end)
        end = before
    return 0


def expect_columns(columns: Sequence[str], found: Sequence[str]) -> None:
    """Raise `BadFile` where a table lacks one of the columns, or has it twice: which is meant?"""
    missing = [column for column in columns if column not in found]
    if missing:
        raise BadFile(columns_missing(missing, found))
    twice = [column for column in columns if found.count(column) > 1]
    if twice:
        remedy = "Give each column a name of its own, or take the ones that are not meant out."
        raise BadFile(refusal("columns_repeated", f"there is more than one column {', '.join(twice)}", remedy))


def columns_missing(missing: Sequence[str], found: Sequence[str]) -> Refused:
    """The refusal of a table that lacks columns."""
    return refusal(
        "columns_missing",
        f"there is no column {', '.join(missing)}; there are {', '.join(found) or 'none'}",
        "Check that the file is of this kind (--as), and whole.",
    )


def _parsed(file: IO[bytes], how: Dialect, done: int) -> Iterator[Row | BadRow]:
    lines = Recorder(file, first=False)
    reader = csv.reader(lines, delimiter=how.delimiter, strict=True)
    width = len(how.names)
    least = max((n for n, name in enumerate(how.names, 1) if name), default=width)
    while True:
        number = how.lines + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raw = lines.taken()
            done += len(raw)
            yield BadRow(number, raw, refusal("malformed_row", str(error), "Correct the quotes."), done)
            continue
        raw = lines.taken()
        done += len(raw)
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if least <= len(cells) < width:
            cells += [""] * (width - len(cells))
        if any(map(_is_no_utf8, cells)):
            yield BadRow(number, raw, refusal("not_utf8", "the row is not UTF-8", "Save it as UTF-8."), done)
        elif len(cells) != width:
            why = refusal(
                "truncated_row" if len(cells) < width else "malformed_row",
                f"the row has {len(cells)} of {width} fields",
                "The file may be cut: fetch it again whole, and import it again.",
            )
            yield BadRow(number, raw, why, done)
        else:
            yield Row(number, dict(zip(how.names, cells, strict=True)), raw, done)


class AsSent:
    """The data rows of a text file by their numbers, from 0, as they came; where they begin is found once."""

    def __init__(self, path: Path, how: Dialect) -> None:
        self._path, self._how = path, how
        self._starts, self._lines = array("Q"), array("Q")

    def __call__(self, numbers: Iterable[int]) -> dict[int, Row | BadRow]:
        """Rows with their lines and bytes."""
        wanted, found = sorted(set(numbers)), dict[int, Row | BadRow]()
        if wanted and not len(self._starts):
            self._find()
        with self._path.open("rb") as file:
            for number in wanted:
                file.seek(self._starts[number])
                row = next(_parsed(file, self._how, self._starts[number]))
                found[number] = type(row)(int(self._lines[number]), *list(vars(row).values())[1:])
        return found

    def _find(self) -> None:
        start = self._how.start
        for row in rows(self._path, self._how):
            self._starts.append(start)
            self._lines.append(row.number)
            start = row.done


class Recorder:
    """Hands lines on as text and keeps their bytes until they are taken; what is not UTF-8 becomes surrogates."""

    def __init__(self, content: IO[bytes], *, first: bool = True) -> None:
        self._content, self._kept, self._first = content, list[bytes](), first

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._content.readline(_LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > _LONGEST_LINE:
            found = f"a line is longer than {_LONGEST_LINE} bytes"
            raise BadFile(refusal("line_too_long", found, "Check that it is CSV, with a row in each line."))
        self._kept.append(line)
        encoding, self._first = "utf-8-sig" if self._first else "utf-8", False
        return line.decode(encoding, "surrogateescape")

    def taken(self) -> bytes:
        """The bytes of the lines handed on since the last time."""
        raw, self._kept = b"".join(self._kept), []
        return raw


def _is_no_utf8(text: str) -> bool:
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)


def refusal(code: str, message: str, remedy: str) -> Refused:
    """Why a file or a row of it can't be read."""
    return Refused(code, message, "file", remedy)
