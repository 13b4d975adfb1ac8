"""What a log is: the few verbs that the embedded and the Kafka log both have."""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

NO_SCHEMA = 0
"""The schema id of what another tool wrote without naming one: it is set aside, whole."""

NOTHING = -1
"""The schema id of offsets at which no event stands, as marks of other tools' transactions leave them."""


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
    """`count` events of one schema, at `base_offset` and on, their Avro datums concatenated.

    Where the log keeps them apart, `sizes` says how many bytes each of them has; then one that can't be read
    does not spoil its neighbours.
    """

    stream: Stream
    base_offset: int
    schema_id: int
    count: int
    datums: bytes
    sizes: "array[int] | None" = None

    @property
    def end(self) -> int:
        """The offset behind its last event."""
        return self.base_offset + self.count

    def part(self, start: int, stop: int) -> "Batch":
        """Its events from the `start`-th to before the `stop`-th; only of a batch that has `sizes`."""
        sizes = (self.sizes or array("q"))[start:stop]
        behind = sum((self.sizes or array("q"))[:start])
        datums = self.datums[behind : behind + sum(sizes)]
        return Batch(self.stream, self.base_offset + start, self.schema_id, stop - start, datums, sizes)


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
        Raises `LogTruncated` where events behind `after` are no longer kept.
        """

    def ends(self) -> Offsets:
        """The offset behind the last durable event of each stream."""

    def wait(self, seen: Offsets, timeout_s: float) -> bool:
        """Block until the log has grown beyond `seen`, or the time is over; whether it has."""

    def since(self, moment: datetime) -> Offsets:
        """For each stream the offset of its first event that was recorded at `moment` (UTC, aware) or later."""

    def close(self) -> None:
        """Let go of files and connections. A closed log refuses every verb."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: whoever noted it can later prove everything up to `position` unchanged."""

    position: int
    chain: str

    def __str__(self) -> str:
        return f"{self.position}:{self.chain}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """The head that `str` wrote. Raises `ValueError` for anything else."""
        position, _, chain = text.partition(":")
        if not position.isdecimal() or len(chain) != 64:
            raise ValueError(f"{text!r} is no head: it looks like 1234:<64 hexadecimal digits>")
        return cls(int(position), chain)


@runtime_checkable
class Chained(Protocol):
    """What a log can do beside, whose batches are chained by hashes."""

    def head(self) -> Head:
        """The end of the hash chain now."""

    def head_at(self, offsets: Offsets) -> Head:
        """The last head up to which nothing stands behind `offsets`."""

    def passes(self, head: Head) -> bool:
        """Whether the chain goes through a head that was noted earlier, as far as it says of itself."""

    def settle(self) -> None:
        """Bring what was written into the log's file itself, as far as nobody has to wait for that."""

    def check(self, noted: Collection[Head] = ()) -> Iterator[tuple[int, int]]:
        """Walk the hash chain, yielding (batches that hold, batches in all). Raises `LogDamaged`.

        It must go through every head that was `noted` earlier.
        """


class Unavailable(Exception):
    """Something can't be asked or told now and will be able to later; nothing that was acknowledged is lost."""


class LogUnavailable(Unavailable):
    """The log can't take or give events now; nothing that was acknowledged is lost."""


class LogDamaged(Exception):
    """The log does not say what it said when it was written."""


class LogTruncated(LogDamaged):
    """The log no longer keeps events that its reader has not folded yet."""
