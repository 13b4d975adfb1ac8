"""How a text file is written: its encoding, what parts its cells, and where behind titles its header stands."""

import codecs
import csv
import gzip
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from ingest.choices import Choice, Hints
from ingest.rows import BadFile, Dialect, Header, Recorder, columns_missing, expect_columns, refusal

_DELIMITERS = (",", "\t", ";", "|")
_MOST_TITLES = 30
_MOST_COLUMNS = 10_000
_PIECE = 1 << 20
_SAMPLE = 1 << 16
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def found_header(choices: Sequence[Choice], rows: Sequence[Sequence[str]], hints: Hints) -> Header | None:
    """The header among the first rows of a table: a row, or two of which the upper one spans columns."""
    wanted = range(len(rows)) if not hints.header else range(hints.header - 1, min(hints.header, len(rows)))
    for number, choice in enumerate(choices):
        for at in wanted:
            for depth, names in _named(rows, at):
                columns = choice.columns(names)
                if columns is not None:
                    expect_columns(columns, names)
                    return Header(number, at + depth, names, columns)
    return None


def _named(rows: Sequence[Sequence[str]], at: int) -> Iterator[tuple[int, list[str]]]:
    """What the columns are called where the header begins at a row, with the number of its rows."""
    upper = [name.strip() for name in rows[at]]
    yield 1, upper
    if at + 1 < len(rows):
        lower = [name.strip() for name in rows[at + 1]]
        if "" in upper or "" in lower or len(set(upper)) < len(upper):
            width = max(len(upper), len(lower))
            upper, lower = (each + [""] * (width - len(each)) for each in (upper, lower))
            above = [next((name for name in reversed(upper[: n + 1]) if name), "") for n in range(width)]
            yield 2, [low or up for low, up in zip(lower, above, strict=True)]
            yield 2, [f"{up}{low}" for low, up in zip(lower, above, strict=True)]


def unpacked(path: Path, folder: Path) -> tuple[Path, BadFile | None]:
    """A file as it is when it is unpacked, as far as that goes, and what is wrong with it where it is cut."""
    if path.suffix.lower() != ".gz":
        return path, None
    plain = folder / "unpacked"
    with plain.open("wb") as file:
        try:
            with gzip.open(path) as content:
                while piece := content.read1(_PIECE):
                    file.write(piece)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            remedy = "Fetch it again whole."
            return plain, BadFile(
                refusal("truncated_file", f"the compressed file is cut or damaged: {error}", remedy)
            )
    return plain, None


def as_utf8(path: Path, folder: Path, hints: Hints) -> Path:
    """The file in UTF-8: itself, or a copy where all of it is in another encoding. Raises `BadFile`.

    UTF-16 is told by its mark, GB 18030 (of which GBK is a part) where no line is UTF-8 that is not ASCII.
    """
    encoding = hints.encoding or _encoding(path)
    if encoding in ("utf-8", "utf-8-sig"):
        return path
    copied = folder / "utf-8"
    try:
        with (
            path.open(encoding=encoding, newline="") as text,
            copied.open("w", encoding="utf-8", newline="") as file,
        ):
            while piece := text.read(_PIECE):
                file.write(piece)
    except (UnicodeError, LookupError) as error:
        remedy = "Save it as UTF-8."
        raise BadFile(refusal("not_utf8", f"it is no text in {encoding}: {error}", remedy)) from None
    return copied


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
        for mark, encoding in _BOMS:
            if start.startswith(mark):
                return encoding
        if len(start) > 1 and start[1::2].count(0) > len(start) // 4:
            return "utf-16-le"
        file.seek(0)
        others = False
        while lines := file.readlines(_PIECE):
            for line in lines:
                if line.isascii():
                    continue
                if _is(line, "utf-8"):
                    return "utf-8"
                if not _is(line, "gb18030"):
                    return "utf-8"  # of which rows are damaged: each is told
                others = True
        return "gb18030" if others else "utf-8"


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def dialect(path: Path, choices: Sequence[Choice], hints: Hints) -> tuple[Dialect, Header]:
    """How a file in UTF-8 is written, and its header. Raises `BadFile` where none is found."""
    sep, first = _separator(path)
    tried: list[list[list[str]]] = []
    for delimiter in [hints.delimiter] if hints.delimiter else [sep] if sep else _DELIMITERS:
        with path.open("rb") as file:
            file.seek(first)
            rows, ends = _head(file, delimiter, first)
        header = found_header(choices, rows, hints)
        tried.append(rows)
        if header:
            at, lines = ends[header.rows - 1]
            unwrapped = b'="' in file_start(path)
            return Dialect(delimiter, header.names, at, lines + bool(sep), unwrapped), header
    if not any(tried):
        _expect_csv(path)
    widest = max(tried, key=lambda rows: len(rows[0]) if rows else 0)
    names = widest[0] if widest else []
    missing = [column for column in choices[0].expected if column not in names]
    raise BadFile(columns_missing(missing or choices[0].expected, names))


def file_start(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(_SAMPLE)


def _separator(path: Path) -> tuple[str, int]:
    """What Excel's `sep=` line says, and where the file begins behind it."""
    with path.open("rb") as file:
        line = file.readline(_SAMPLE)
    said = line.removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")
    found = said.decode("ascii", "replace").lower().removeprefix("sep=") if said.lower().startswith(b"sep=") else ""
    return (found, len(line)) if len(found) == 1 else ("", 0)


def _head(file: IO[bytes], delimiter: str, first: int) -> tuple[list[list[str]], list[tuple[int, int]]]:
    """The first rows, and behind each how many bytes and lines were read; none where the file is no such table."""
    lines = Recorder(file)
    reader, rows, ends = (
        csv.reader(lines, delimiter=delimiter, strict=True),
        list[list[str]](),
        list[tuple[int, int]](),
    )
    try:
        for row in reader:
            if len(row) > _MOST_COLUMNS:
                found = f"it has {len(row)} columns, and {_MOST_COLUMNS} are read at the most"
                raise BadFile(refusal("too_wide", found, "Send a file with the columns that its profile names."))
            first += len(lines.taken())
            rows.append(row)
            ends.append((first, reader.line_num))
            if len(rows) == _MOST_TITLES:
                break
    except csv.Error:
        pass
    return rows, ends


def _expect_csv(path: Path) -> None:
    with path.open("rb") as file:
        try:
            next(csv.reader(Recorder(file), strict=True), [])
        except csv.Error as error:
            raise BadFile(refusal("malformed_header", f"it is no CSV: {error}", "Save it as CSV.")) from None


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for what is unpacked while a file is read."""
    return tempfile.TemporaryDirectory(prefix="env1357-import-")
