"""Whose turn it is to write: one at a time, and who has much to say lets others go first."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_MOST_PASSED = 8
_LATELY_S = 2.0
_LONGEST_REST_S = 0.25


class Turns:
    """A lock with two kinds of callers: `bulk` ones wait for all others, but not for ever."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._waiting = self._passed = 0
        self._others_at = float("-inf")

    @contextmanager
    def turn(self, *, bulk: bool) -> Iterator[None]:
        """Hold the turn for the body."""
        with self._changed:
            if bulk:
                self._passed = 0
                self._changed.wait_for(self._is_bulks)
            else:
                self._waiting += 1
                try:
                    self._changed.wait_for(lambda: not self._taken)
                finally:
                    self._waiting -= 1
                self._passed += 1
                self._others_at = time.monotonic()
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()

    def rest(self, worked_s: float) -> None:
        """Let who does much pause, half as long as it has worked, where others had a turn lately."""
        if time.monotonic() - self._others_at < _LATELY_S:
            time.sleep(min(worked_s / 2, _LONGEST_REST_S))

    def _is_bulks(self) -> bool:
        return not self._taken and (not self._waiting or self._passed >= _MOST_PASSED)
