"""How much of what a sender's refused submissions say is kept: beyond that they are counted, and the sum is stated.

A log can only grow, so nobody may fill it with what was refused. Each sender on each channel has a bucket of bytes
that fills again in a day; every submission costs its content and what its event weighs beside it.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

MOST_BYTES = 64 * 1024 * 1024
"""What a sender may have kept in a day, unless a setting says otherwise."""

_ENVELOPE_BYTES = 512
_REFILLED_IN = timedelta(days=1)
_STATED_EVERY = timedelta(minutes=1)
_MOST_SENDERS = 10_000
_EXAMPLES = 20
_OTHERS = "others"

_Who = tuple[str, str]
"""Channel and sender."""


class Refusable(Protocol):
    """What the quota must know of a submission."""

    @property
    def channel(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def sha256(self) -> str: ...


@dataclass
class Count:
    """Refused submissions of a channel so far: kept with their content, or only counted; in bytes, too."""

    kept: int = 0
    kept_bytes: int = 0
    counted: int = 0
    counted_bytes: int = 0


@dataclass
class _Bucket:
    """Bytes that are left, as of a moment."""

    left: float
    at: datetime


@dataclass
class Overrun:
    """What a sender sent beyond its quota since a moment: reasons by code, and the first submissions."""

    channel: str
    sender: str
    since: datetime
    count: int = 0
    size: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    examples: list[dict[str, object]] = field(default_factory=list)


class Quota:
    """A bucket of bytes for each sender. Used by one thread at a time; it reads no clock, times are passed in."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """`most_bytes` is what a sender may have kept at once, and in a day."""
        self._most, self._of_channels = most_bytes, dict[str, int]()
        self._buckets: dict[_Who, _Bucket] = {}
        self._overruns: dict[_Who, Overrun] = {}
        self._counts: dict[str, Count] = {}
        self._before: dict[_Who, tuple[_Bucket | None, Overrun | None]] = {}
        self._counts_before: dict[str, Count] = {}

    @property
    def counts(self) -> Mapping[str, Count]:
        """What was kept and what only counted, by channel, since the start of the process."""
        return dict(self._counts)

    def keeps(self, submission: Refusable, code: str, now: datetime) -> bool:
        """Whether a submission refused as `code` is to be kept; where not it is counted, and `due` will tell."""
        who = self._who(submission)
        self._remember(who)
        size = len(submission.content) + _ENVELOPE_BYTES
        bucket, count = self._bucket(who, now), self._counts[submission.channel]
        if size <= bucket.left:
            bucket.left -= size
            count.kept, count.kept_bytes = count.kept + 1, count.kept_bytes + len(submission.content)
            return True
        count.counted, count.counted_bytes = count.counted + 1, count.counted_bytes + len(submission.content)
        self._note(self._overruns.setdefault(who, Overrun(*who, now)), submission, code)
        return False

    def limit(self, channel: str, most_bytes: int) -> None:
        """Let senders on a channel have another quota than on others."""
        self._of_channels[channel] = most_bytes

    def is_due(self, now: datetime) -> bool:
        """Whether something was refused beyond a quota that is to be told now."""
        return any(now - overrun.since >= _STATED_EVERY for overrun in list(self._overruns.values()))

    def due(self, now: datetime, *, final: bool = False) -> Iterator[Overrun]:
        """One for each sender that sent too much and whose minute is over; with `final` for every one."""
        for who, overrun in list(self._overruns.items()):
            if final or now - overrun.since >= _STATED_EVERY:
                self._remember(who)
                del self._overruns[who]
                yield overrun

    def settle(self) -> None:
        """What was kept and stated since the last time is durable."""
        self._before, self._counts_before = {}, {}

    def undo(self) -> None:
        """Nothing of what was kept and stated since the last time was recorded: it will come again."""
        for who, (bucket, overrun) in self._before.items():
            _put(self._buckets, who, bucket)
            _put(self._overruns, who, overrun)
        self._counts.update(self._counts_before)
        self.settle()

    def _remember(self, who: _Who) -> None:
        if who not in self._before:
            self._before[who] = deepcopy((self._buckets.get(who), self._overruns.get(who)))
        self._counts_before.setdefault(who[0], replace(self._counts.setdefault(who[0], Count())))

    def _who(self, submission: Refusable) -> _Who:
        who = submission.channel, submission.sender
        known = who in self._buckets or len(self._buckets) < _MOST_SENDERS
        return who if known else (submission.channel, _OTHERS)

    def _bucket(self, who: _Who, now: datetime) -> _Bucket:
        most = self._most_of(who)
        bucket = self._buckets.setdefault(who, _Bucket(most, now))
        filled = max((now - bucket.at) / _REFILLED_IN, 0.0) * most
        bucket.left, bucket.at = min(most, bucket.left + filled), now
        if len(self._buckets) >= _MOST_SENDERS:
            self._forget_full(now)
        return bucket

    def _most_of(self, who: _Who) -> int:
        return self._of_channels.get(who[0], self._most)

    def _forget_full(self, now: datetime) -> None:
        """Let go of buckets that are full again by now: they say no more than new ones."""
        for who, bucket in list(self._buckets.items()):
            most = self._most_of(who)
            if bucket.left + (now - bucket.at) / _REFILLED_IN * most >= most:
                del self._buckets[who]

    def _note(self, overrun: Overrun, submission: Refusable, code: str) -> None:
        overrun.count, overrun.size = overrun.count + 1, overrun.size + len(submission.content)
        overrun.codes[code] = overrun.codes.get(code, 0) + 1
        if len(overrun.examples) < _EXAMPLES:
            overrun.examples.append(
                {
                    "origin": submission.origin[:200],
                    "code": code,
                    "bytes": len(submission.content),
                    "sha256": submission.sha256,
                }
            )


def _put(into: dict[_Who, Any], who: _Who, value: Any) -> None:
    if value is None:
        into.pop(who, None)
    else:
        into[who] = value
