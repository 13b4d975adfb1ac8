"""Holds senders off while there is more to do than can be done: they are told when to come again."""

from collections.abc import Iterator
from contextlib import contextmanager

from running.platform import Platform

_AT_ONCE = 32
_LAG_EVENTS = 200_000


class TooBusy(Exception):
    """Nothing was taken down; `retry_after_s` says when to send it again."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Admission:
    """Lets so many deliveries in at once, and none while the tables are far behind the log. For one event loop."""

    def __init__(self, platform: Platform, at_once: int = _AT_ONCE, lag_events: int = _LAG_EVENTS) -> None:
        self._platform, self._at_once, self._lag_events = platform, at_once, lag_events
        self._inside = 0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Held while a delivery is taken down. Raises `TooBusy`."""
        if self._inside >= self._at_once:
            raise TooBusy(f"{self._inside} deliveries are being taken down already", 1)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def expect_tables_near(self) -> None:
        """Raise `TooBusy` where the tables are too far behind to tell statements that come twice at little cost."""
        lag = self._platform.follower.lag()
        if lag > self._lag_events:
            raise TooBusy(f"{lag} events are not folded yet", 5)
