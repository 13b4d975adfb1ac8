"""What a log is: the few verbs that the embedded and the Kafka log both have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Stream(NamedTuple):
    """One ordered sequence of events: a topic, or one partition of it."""

    topic: str
    partition: int = 0

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}"


Offsets = Mapping[Stream, int]
"""For each stream the offset behind the last event meant; a stream that is absent stands at 0."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Datums of one schema to be appended to one topic, in order; `keys` are their subjects."""

    topic: str
    schema_id: int
    keys: Sequence[str]
    datums: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """`count` events of one schema, at `base_offset` and on, their Avro datums concatenated."""

    stream: Stream
    base_offset: int
    schema_id: int
    count: int
    datums: bytes

    @property
    def end(self) -> int:
        """The offset behind its last event."""
        return self.base_offset + self.count


class EventLog(Protocol):
    """Append and read; nothing is ever changed or taken away.

    Safe to be called from several threads.
    """

    def append(self, drafts: Sequence[Draft]) -> Offsets:
        """Write the drafts, in order, and return once they are durable.

        The embedded log writes all of them or none. Returns, for each stream written to, the offset behind
        the last of these events: whoever has folded the log up to there has folded them all.
        Raises `LogUnavailable` when they could not be made durable; they may then be appended again, since
        an event that comes twice is folded once.
        """

    def read(self, after: Offsets) -> Iterator[Batch]:
        """What stands in the log behind `after`, up to its end as it is when that is reached.

        Each stream's batches come in its order, and no event twice. A batch that `after` cuts in two
        comes whole: its reader drops the events that it has.
        """

    def ends(self) -> Offsets:
        """The offset behind the last durable event of each stream."""

    def wait(self, seen: Offsets, timeout_s: float) -> bool:
        """Block until the log has grown beyond `seen`, or the time is over; whether it has."""

    def close(self) -> None:
        """Let go of files and connections. A closed log refuses every verb."""


class LogUnavailable(Exception):
    """The log can't take or give events now; nothing that was acknowledged is lost."""


class LogDamaged(Exception):
    """The log does not say what it said when it was written."""
