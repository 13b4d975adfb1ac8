"""How much a file may unpack to: small files can say much, and none may take the memory of all others."""

import gzip
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest.rows import BadFile
from services.decider import Refused

UNPACKED_BYTES = 2 * 1024**3
"""What a file may unpack to, unless a setting says otherwise."""

ZIPPED = (".xlsx", ".xlsm", ".xlsb", ".ods")
BOOKS = (*ZIPPED, ".xls")
"""Workbooks, by their endings."""

_PIECE = 1024 * 1024
_DEFLATED_MOST = 1032
"""The most bytes that DEFLATE can make of one."""


@dataclass(frozen=True)
class Bounds:
    """What is read of a file at the most: rows and records are read in batches, workbooks as a whole."""

    unpacked_bytes: int = UNPACKED_BYTES

    def of(self, kind: str) -> int:
        """Bytes, unpacked, of a file with an ending; what is held as a whole must be smaller."""
        return self.unpacked_bytes // 8 if kind in BOOKS else self.unpacked_bytes

    @property
    def cells(self) -> int:
        """Of a table read as a whole whose bytes say little, since values that repeat are kept once."""
        return self.unpacked_bytes // 32


def expect_within(path: Path, kind: str, bounds: Bounds) -> None:
    """Raise `BadFile` where a file unpacks to more than is read. It is unpacked piece by piece, and no further.

    What can't be unpacked passes: reading it tells what is wrong.
    """
    most = bounds.of(kind)
    size = path.stat().st_size
    packed = path.suffix.lower() == ".gz" or kind in ZIPPED
    if not packed and kind != ".parquet" and size > most:
        raise _too_large(f"it has {size} bytes", most)
    if not packed or size * _DEFLATED_MOST <= most:
        return
    found = 0
    try:
        for count in _unpacked_workbook(path) if kind in ZIPPED else _unpacked(path):
            found += count
            if found > most:
                raise _too_large(f"{size} bytes unpack to more than {most}", most)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, struct.error, NotImplementedError):
        return


def expect_cells(rows: int, columns: int, bounds: Bounds) -> None:
    """Raise `BadFile` where a table has more cells than are read."""
    if rows * columns > bounds.cells:
        raise _too_large(
            f"{rows} rows of {columns} columns are more than {bounds.cells} cells", bounds.unpacked_bytes
        )


def _too_large(found: str, most: int) -> BadFile:
    return BadFile(
        Refused(
            "too_large",
            f"{found}; files of its kind are read up to {most} bytes, unpacked",
            "file",
            "Send it in parts, as CSV where it is none; ENV1357_IMPORT_BYTES raises the limit.",
        )
    )


def _unpacked(path: Path) -> Iterator[int]:
    with gzip.open(path) as content:
        while piece := content.read(_PIECE):
            yield len(piece)


def _unpacked_workbook(path: Path) -> Iterator[int]:
    """Bytes that the parts of a workbook unpack to; what its directory says of their sizes is not believed."""
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            if part.compress_type == zipfile.ZIP_STORED:
                yield part.compress_size
            else:
                yield from _inflated(file, part)


def _inflated(file: IO[bytes], part: zipfile.ZipInfo) -> Iterator[int]:
    file.seek(part.header_offset)
    name, extra = struct.unpack("<HH", file.read(30)[26:30])
    file.seek(name + extra, 1)
    left, stream = part.compress_size, zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and not stream.eof:
        packed = file.read(min(left, _PIECE))
        if not packed:
            return
        left -= len(packed)
        while packed and not stream.eof:
            yield len(stream.decompress(packed, _PIECE))
            packed = stream.unconsumed_tail
