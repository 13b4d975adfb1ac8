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

    @property
    def kept(self) -> tuple[int, str]:
        """What the tables keep of the bytes: how many they are, and their SHA-256."""
        return len(self.content), hashlib.sha256(self.content).hexdigest()


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


def as_unreadable(frame: pl.DataFrame, reasons: pl.Series) -> list[Unreadable]:
    """The events of a frame, with their positions, that there is a reason against."""
    said = frame.with_columns(
        reasons.alias("reason"), pl.col(pl.Datetime).to_physical(), pl.col(pl.Date).to_physical()
    )
    found = []
    for row in said.filter(pl.col("reason").is_not_null()).iter_rows(named=True):
        stream, offset = Stream(row.pop("topic"), row.pop("partition")), row.pop("log_offset")
        found.append(Unreadable(stream, offset, row.pop("reason"), repr(row).encode()))
    return found
