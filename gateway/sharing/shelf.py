"""Files that were made of data sets, kept a while, so that a download that broke off goes on where it did."""

import hashlib
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_MOST_BYTES = 4 * 1024**3
_MOST_FILES = 256
_LEFT_ALONE_S = 600.0
"""Seconds without a request for it before a file may go, so that whoever reads it can finish."""


@dataclass(frozen=True)
class Made:
    """A file with what is said of it. `named` is what was asked, `stands` how the tables stood."""

    path: Path
    named: str
    stands: str
    said: Mapping[str, Any]
    sha256: bytes
    size: int

    @property
    def etag(self) -> str:
        return f'"{self.sha256.hex()}"'


class Shelf:
    """The files of one process; they are gone with it. May be asked by many threads."""

    def __init__(self, folder: Path, most_bytes: int = _MOST_BYTES) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="shared-", dir=folder))
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Path, tuple[Made, float]] = OrderedDict()

    def find(self, named: str, *, stands: str | None = None, etag: str | None = None) -> Made | None:
        """What was made of a question while the tables stood so, or what has this ETag."""
        with self._lock:
            for path, (made, _) in reversed(self._kept.items()):
                if made.named == named and (made.stands == stands or (etag and etag == made.etag)):
                    self._kept[path] = made, time.monotonic()
                    self._kept.move_to_end(path)
                    return made
        return None

    def put(self, made: Made) -> None:
        """Keep a file, and let go of those that nobody asked for longest where all are too large."""
        with self._lock:
            self._kept[made.path] = made, time.monotonic()
            size = sum(each.size for each, _ in self._kept.values())
            for path, (each, used) in list(self._kept.items()):
                enough = size <= self._most_bytes and len(self._kept) <= _MOST_FILES
                if enough or time.monotonic() - used < _LEFT_ALONE_S:
                    break
                size -= each.size
                del self._kept[path]
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove all."""
        for path in [*self.folder.iterdir()] if self.folder.exists() else []:
            path.unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()


def digest(file: IO[bytes]) -> bytes:
    """The SHA-256 of a file."""
    return hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]  # any file that is read in bytes
