"""Frames of devices that may not speak: the first few of each are kept, and the others counted, as facts."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from eventlog.codec import Event

CODES = ("unknown_device", "wrong_password")

_EVENTS = uuid.UUID("1357e7a0-0000-5000-8000-000000000214")
_KEPT = 3
_MOST_OF_A_PEER = 200
_ANEW_AFTER = timedelta(hours=1)
_EVERY = timedelta(minutes=10)


class Stranger(NamedTuple):
    """A device that was refused as `code`, by the MN that it gave, and its peer's address."""

    mn: str
    code: str
    peer: str


@dataclass
class _Count:
    frames: int = 0
    bytes: int = 0


@dataclass
class Draft:
    """What is to be noted once it is recorded: frames kept, and those only counted, with their bytes."""

    kept: Counter[Stranger] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    counted: list[tuple[Stranger, int]] = field(default_factory=list)


@dataclass
class Strangers:
    """Samples and counts of the present hour. Used by one thread."""

    _kept: Counter[Stranger] = field(default_factory=Counter)
    _of_peers: Counter[str] = field(default_factory=Counter)
    _counts: dict[Stranger, _Count] = field(default_factory=dict)
    _since: datetime | None = None
    _counted_since: datetime | None = None

    def keeps(self, stranger: Stranger, size: int, draft: Draft) -> bool:
        """Whether one more frame is to be kept, beside what is drafted already."""
        if self._kept[stranger] + draft.kept[stranger] < _KEPT and self._is_room(stranger, draft):
            draft.kept[stranger] += 1
            return True
        draft.counted.append((stranger, size))
        return False

    def _is_room(self, stranger: Stranger, draft: Draft) -> bool:
        if stranger in self._kept or stranger in draft.kept:
            return True
        if self._of_peers[stranger.peer] + draft.new[stranger.peer] >= _MOST_OF_A_PEER:
            return False
        draft.new[stranger.peer] += 1
        return True

    def note(self, draft: Draft, now: datetime) -> None:
        """Note what is recorded now."""
        if self._since is None or now - self._since > _ANEW_AFTER:
            self._kept, self._of_peers, self._since = Counter(), Counter(), now
        self._kept += draft.kept
        self._of_peers += draft.new
        for stranger, size in draft.counted:
            self._counted_since = self._counted_since or now
            named = stranger if stranger in self._kept else stranger._replace(mn=f"others at {stranger.peer}")
            count = self._counts.setdefault(named, _Count())
            count.frames, count.bytes = count.frames + 1, count.bytes + size

    def due(self, now: datetime) -> bool:
        return self._counted_since is not None and now - self._counted_since >= _EVERY

    def events(self, now: datetime) -> list[Event]:
        """The counts as events."""
        return [self._event(stranger, count, now) for stranger, count in self._counts.items()]

    def begin_anew(self) -> None:
        """Count from zero, since the counts so far are recorded."""
        self._counts, self._counted_since = {}, None

    def _event(self, stranger: Stranger, count: _Count, now: datetime) -> Event:
        since = self._counted_since or now
        identity = f"{stranger}\n{since.isoformat()}\n{now.isoformat()}"
        return Event(
            "district.device_refusals_counted",
            {
                "event_id": str(uuid.uuid5(_EVENTS, identity)),
                "subject": f"device_refusals/{stranger.mn}/{since.isoformat()}/{stranger.code}/{stranger.peer}",
                "occurred_at": now,
                "recorded_at": now,
                "source": "hj212 listener",
                "previous": None,
                **stranger._asdict(),
                "since": since,
                "until": now,
                "frames": count.frames,
                "bytes": count.bytes,
            },
        )
