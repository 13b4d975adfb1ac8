"""Heads of the log's hash chain, noted outside of it: what proves later that the log was not rewritten or cut.

A line of JSON for each, in a file of the data folder and, where a setting names one, in a second place: on another
disk or machine, whoever changes the log can't change it too.
"""

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from eventlog.log import Chained, Head
from running.health import Trouble
from services.ports import Clock

HEADS_FILE = "log.heads"

_NOTED_EVERY_S = 60.0
_LAST_BYTES = 4096

_logger = structlog.get_logger(__name__)


class Heads:
    """Notes the head of a log from time to time, and says where the log has left those that were noted."""

    def __init__(self, log: Chained, files: Sequence[Path], clock: Clock) -> None:
        """Look at what was noted last: the log must pass through it. Raises `ValueError` for a bad line."""
        self._log, self._files, self._clock = log, files, clock
        self._lock = threading.Lock()
        self._noted_at = time.monotonic()
        self._last: Head | None = None
        self._left = [head for file in files for head in _heads(file, _lines(file)[-1:]) if not log.passes(head)]
        self._failure: str | None = None

    def note_sometimes(self, *_: object) -> None:
        """Note the head where the last one is a while old."""
        if time.monotonic() - self._noted_at >= _NOTED_EVERY_S:
            self.note()

    def note(self) -> None:
        """Have the log settle and note its head; what can't be written is told by `troubles`."""
        with self._lock:
            self._noted_at = time.monotonic()
            self._log.settle()
            head = self._log.head()
            if head == self._last or not head.position:
                return
            line = head_line(head, self._clock())
            self._failure = None
            for file in self._files:
                try:
                    append_line(file, line)
                except OSError as error:
                    self._failure = f"the log's head can't be noted in {file}: {error.strerror}"
                    _logger.warning(self._failure)
            self._last = head

    def troubles(self) -> Iterable[Trouble]:
        """What is wrong with the log, seen from the heads that were noted."""
        if self._failure:
            yield Trouble("heads", self._failure)
        if self._left:
            yield Trouble("log", left(self._left, self._files))


def read_heads(files: Iterable[Path]) -> list[Head]:
    """Every head that was noted, each once, in order. Raises `ValueError` for a line that is none."""
    found = {head for file in files for head in _heads(file, _lines(file, whole=True))}
    return sorted(found, key=lambda head: (head.position, head.chain))


def head_line(head: Head, now: datetime) -> str:
    """A line that notes a head."""
    return json.dumps({"position": head.position, "chain": head.chain, "at": now.isoformat()}) + "\n"


def left(heads: Sequence[Head], files: Sequence[Path]) -> str:
    """In words: the log does not pass through heads that were noted."""
    return (
        f"the log does not pass through {len(heads)} heads that were noted of it, the first {heads[0]}: it was "
        "rewritten or cut, or is an older copy. Restore it from a backup; if it was, move "
        f"{', '.join(str(file) for file in files)} out of the way"
    )


def _lines(file: Path, *, whole: bool = False) -> list[str]:
    """The lines of a file that have their end, as the last may not after a kill; all, or those at its end."""
    if not file.exists():
        return []
    with file.open("rb") as opened:
        start = 0 if whole else max(0, file.stat().st_size - _LAST_BYTES)
        opened.seek(start)
        lines = opened.read().decode("utf-8", "replace").splitlines(keepends=True)
    return [line for line in lines[1 if start else 0 :] if line.endswith("\n")]


def _heads(file: Path, lines: Iterable[str]) -> Iterator[Head]:
    for line in lines:
        try:
            said = json.loads(line)
            yield Head.parse(f"{said['position']}:{said['chain']}")
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{file}: {line.strip()!r} is no head of a log; remove that line") from None


def append_line(file: Path, line: str) -> None:
    """Add a line; one that a kill had cut short is taken off first."""
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            os.ftruncate(descriptor, os.pread(descriptor, size, 0).rfind(b"\n") + 1)
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
