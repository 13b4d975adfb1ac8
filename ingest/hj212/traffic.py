"""Counts what each device sends, and says so as an event once a minute."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventlog.codec import Event
from ingest.hj212.contents import moment
from ingest.hj212.session import Entry
from ingest.statement import PERIODS, Statement, microseconds
from services.decider import Refused

SOURCE = "hj212 listener"

_EVENTS = uuid.UUID("1357e7a0-0000-5000-8000-000000000212")
_EVERY = timedelta(minutes=1)
_MINUTE_US = 60_000_000
_LATE_US = {"REALTIME": 5 * _MINUTE_US, "MINUTE": 15 * _MINUTE_US, "HOUR": 60 * _MINUTE_US, "DAY": 720 * _MINUTE_US}


@dataclass(slots=True)
class Count:
    """What one device sent since `since`; `heard_at` is when its last frame came,
    `last` the last one that it surely sent, and when."""

    since: datetime
    frames: int = 0
    bytes: int = 0
    repeated: int = 0
    restated: int = 0
    late: int = 0
    resent: int = 0
    refused: int = 0
    answered: int = 0
    heard_at: datetime | None = None
    last: tuple[Entry, datetime] | None = None

    def add(self, entry: Entry, now: datetime) -> None:
        self.frames += not entry.from_parts
        self.bytes += entry.fresh_bytes
        self.refused += entry.refusal is not None
        self.answered += bool(entry.answer)
        self.resent += entry.message is not None and entry.message.resent
        self.heard_at = now
        if entry.device is not None:
            self.last = entry, now

    @property
    def clock_drift_s(self) -> float | None:
        """The device's clock minus ours, by the QN of its last frame."""
        if self.last is None or self.last[0].device is None or self.last[0].message is None:
            return None
        entry, at = self.last
        try:
            said = moment.__wrapped__(entry.message.qn, entry.device.utc_offset_min)  # type: ignore[union-attr]
        except Refused:
            return None
        drift: float = (said - microseconds(at)) / 1e6
        return round(drift, 3)


class Traffic:
    """The counts of all devices. Used by one thread."""

    def __init__(self) -> None:
        self._counts: dict[str, Count] = {}
        self._since: datetime | None = None

    def count(self, mn: str, now: datetime) -> Count:
        """A device's count, to be added to."""
        self._since = self._since or now
        return self._counts.setdefault(mn, Count(now))

    def due(self, now: datetime) -> bool:
        return self._since is not None and now - self._since >= _EVERY

    def events(self, now: datetime) -> list[Event]:
        """The counts as events."""
        return [_event(mn, count, now) for mn, count in self._counts.items()]

    def begin_anew(self) -> None:
        """Count from zero, since the counts so far are recorded."""
        self._counts, self._since = {}, None


def is_late(statement: Statement, now: datetime) -> bool:
    """Whether a statement came so long after its period that it is a backfill."""
    came = microseconds(now)
    return came > statement.observed_at + PERIODS[statement.period] + _LATE_US[statement.period]


def _event(mn: str, count: Count, now: datetime) -> Event:
    numbers = ("frames", "bytes", "repeated", "restated", "late", "resent", "refused", "answered")
    event_id = str(uuid.uuid5(_EVENTS, f"{mn}\n{count.since.isoformat()}\n{now.isoformat()}"))
    return Event(
        "district.device_traffic_counted",
        {
            "event_id": event_id,
            "subject": f"device_traffic/{event_id}",
            "occurred_at": count.heard_at or now,
            "recorded_at": now,
            "source": SOURCE,
            "previous": None,
            "mn": mn,
            "since": count.since,
            "until": now,
            **{name: getattr(count, name) for name in numbers},
            "clock_drift_s": count.clock_drift_s,
        },
    )
