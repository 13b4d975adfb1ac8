"""What the write side needs from others; the composition hands it in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from eventlog.log import Offsets
from schemas.places import Site


class Clock(Protocol):
    """Tells the time, UTC and aware."""

    def __call__(self) -> datetime: ...


class ReadState(Protocol):
    """What has been folded so far."""

    def history(self, subject: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """(event type, fields) of a subject's events that count, oldest first."""

    def naming(self, event: str, field: str, identity: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """(event type, fields) of the events of a type that count and name `identity` in a field, in no order."""

    def exists(self, subject: str) -> bool:
        """Whether anything that counts was ever said of a subject; `observation/<event_id>` is a statement."""

    def counted(self, subject: str, event_id: str) -> bool:
        """Whether a folded event of a subject counts."""

    def sites(self) -> Mapping[str, Site]:
        """Every registered site by its id."""

    def last_statements(self, keys: pl.DataFrame) -> pl.DataFrame:
        """For each `site_id`, `period`, `observed_at` that was stated: the last `statement` and `event_id`."""

    def devices(self) -> Sequence[Mapping[str, Any]]:
        """Every device of the register that speaks HJ 212, as `monitor.device` has it."""

    def open_device_commands(self) -> Sequence[Mapping[str, Any]]:
        """Commands to devices that have not ended, the oldest first, as `monitor.device_command` has them."""

    def device_parts(self, since: datetime) -> Sequence[bytes]:
        """Frames that were parts of messages and were recorded since, in that order."""

    def content(self, event: str, fields: Mapping[str, Any]) -> bytes:
        """What the field `content` of a folded event holds; no table keeps it."""

    def unreadable(self, submission_id: str) -> bytes | None:
        """The bytes of an event of the log that does not fit its schema; None where there is no such."""


class Folding(Protocol):
    """Knows how far the log is folded."""

    def expect_current(self) -> None:
        """Raise an `Unavailable` where what is appended now will not be folded for a good while."""

    def wait_for(self, offsets: Offsets, timeout_s: float) -> bool:
        """Block until all up to `offsets` is folded, or the time is over; whether it is."""
