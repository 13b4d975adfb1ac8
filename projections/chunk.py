"""A chunk: events that one transaction folds, as columns."""

import hashlib
from dataclasses import dataclass, field

import polars as pl

from eventlog.log import Offsets, Stream


@dataclass(frozen=True)
class Unreadable:
    """Bytes of the log that don't fit their schema: a run of events from `log_offset` on."""

    stream: Stream
    log_offset: int
    reason: str
    content: bytes

    @property
    def submission_id(self) -> str:
        return hashlib.sha256(f"{self.stream}@{self.log_offset}".encode()).hexdigest()[:32]


@dataclass
class Chunk:
    """Events to be folded together: a frame for each event type, and where the log then stands."""

    before: Offsets
    after: dict[Stream, int] = field(default_factory=dict)
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def events(self) -> int:
        return sum(end - self.before.get(stream, 0) for stream, end in self.after.items())
