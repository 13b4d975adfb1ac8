"""The last statement on each site, period and start: as the tables have it, or as taken down and not folded yet."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import NamedTuple

import polars as pl

from eventlog.log import LogUnavailable, Offsets
from services.ports import Folding, ReadState

Key = tuple[str, str, int]
"""site_id, period, observed_at in microseconds"""

Numbered = tuple[int, str]
"""A statement's number and event_id."""

MOST_WAITING = 500_000
"""On how many things statements may wait to be folded: each takes some 400 bytes of memory until it is."""

_LOOK_AGAIN_S = 0.01


class _Taken(NamedTuple):
    """What was taken down with one append."""

    turn: int
    offsets: Offsets
    keys: Sequence[Key]


class LastNumbers:
    """Asks the tables without holding up who writes; what was taken down meanwhile is known all the same.

    What was taken down is remembered until it is folded and nobody asks any more who began before that.
    """

    def __init__(self, state: ReadState, folding: Folding) -> None:
        self._state, self._folding = state, folding
        self._lock = threading.Lock()
        self._turns = count()
        self._not_folded: deque[_Taken] = deque()
        self._said: dict[Key, tuple[Numbered, int]] = {}
        self._asking: dict[int, int] = {}

    def add(self, offsets: Offsets, said: Mapping[Key, Numbered]) -> None:
        """Note what was appended; called by one at a time, in the log's order."""
        with self._lock:
            turn = next(self._turns)
            self._not_folded.append(_Taken(turn, offsets, list(said)))
            self._said.update((key, (numbered, turn)) for key, numbered in said.items())

    def expect_room(self, patience_s: float) -> None:
        """Wait while as much as may waits to be folded. Raises `LogUnavailable` where none of it is meanwhile."""
        while True:
            with self._lock:
                self._forget_folded()
                if len(self._said) < MOST_WAITING or not self._not_folded:
                    return
                oldest = self._not_folded[0].offsets
            if not self._folding.wait_for(oldest, patience_s):
                raise LogUnavailable(
                    f"{MOST_WAITING:,} statements or more wait to be folded into the tables, and no more are taken"
                    " down until some are. Send it again in a while: /readyz tells how far the tables are"
                )
            time.sleep(_LOOK_AGAIN_S)  # it is folded; whoever asked before that may need it still

    @contextmanager
    def asked(self, keys: Sequence[Key]) -> Iterator["Asked"]:
        """What the tables say of the keys, for the body, which takes its turn to write within."""
        with self._lock:
            self._forget_folded()
            mine = next(self._turns)
            self._asking[mine] = self._not_folded[0].turn if self._not_folded else mine
        try:
            yield Asked(keys, self._folded(keys), self._said)
        finally:
            with self._lock:
                del self._asking[mine]

    def _forget_folded(self) -> None:
        needed = min(self._asking.values(), default=None)
        while self._not_folded and (needed is None or self._not_folded[0].turn < needed):
            if not self._folding.wait_for(self._not_folded[0].offsets, 0):
                return
            taken = self._not_folded.popleft()
            for key in taken.keys:
                if self._said[key][1] == taken.turn:
                    del self._said[key]

    def _folded(self, keys: Sequence[Key]) -> dict[Key, Numbered]:
        if not keys:
            return {}
        asked = pl.DataFrame(
            list(zip(*keys, strict=True)),
            schema={"site_id": pl.String, "period": pl.String, "observed_at": pl.Int64},
            orient="col",
        ).with_columns(pl.col("observed_at").cast(pl.Datetime("us")))
        found = self._state.last_statements(asked).with_columns(pl.col("observed_at").to_physical())
        return {(site, period, at): (number, event_id) for site, period, at, number, event_id in found.iter_rows()}


class Asked(NamedTuple):
    """Keys that the tables were asked for."""

    keys: Sequence[Key]
    folded: dict[Key, Numbered]
    said: Mapping[Key, tuple[Numbered, int]]

    def now(self) -> dict[Key, Numbered]:
        """The last statements now; only who has the turn to write may rely on it."""
        for key in self.keys:
            said = self.said.get(key)
            if said is not None:
                self.folded[key] = said[0]
        return self.folded
