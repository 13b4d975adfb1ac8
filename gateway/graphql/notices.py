"""What a fold moved, worked out once and told to every subscriber; one that is slow is told the sum of it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from eventlog.log import Offsets
from projections.catalogue import catalogue
from projections.engine import Moved

_MOST_KEYS = 2_000

Key = tuple[object, ...]


@dataclass(frozen=True)
class Notice:
    """What moved since the last notice that was read, however many folds that were.

    `tables` counts recomputed keys of tables, events that came into tables of events, and for each view what moved
    below it. `keys` are those of the tables of which a fold tells them; None where they were too many to be told.
    """

    offsets: Offsets
    tables: Mapping[str, int]
    keys: Mapping[str, Mapping[Key, None] | None]

    def with_later(self, later: "Notice") -> "Notice":
        """Both as one."""
        tables = dict(self.tables)
        for name, count in later.tables.items():
            tables[name] = tables.get(name, 0) + count
        keys = dict(self.keys)
        for name, found in later.keys.items():
            before = keys.get(name, {})
            both = None if before is None or found is None else {**before, **found}
            keys[name] = both if both is not None and len(both) <= _MOST_KEYS else None
        return Notice({**self.offsets, **later.offsets}, tables, keys)


def notice_of(moved: Moved) -> Notice:
    """What is told of a fold: what it moved, and the views that follow from that."""
    tables = dict(moved.tables)
    for view, sources in _views().items():
        below = [count for name, count in moved.tables.items() if name in sources]
        if below:
            tables[view] = max(below)
    told = {name: dict.fromkeys(found) for name, found in moved.keys.items()}
    untold = {name: None for name in _TOLD if name in tables and name not in told}
    return Notice(moved.offsets, tables, {**told, **untold})


_TOLD = ("air.hourly",)


@cache
def _views() -> Mapping[str, frozenset[str]]:
    """What each view follows from."""
    known = catalogue()
    return {view.name: frozenset(known.closure({view.name})) for view in known.of_kind("view")}


@dataclass(eq=False)
class _Subscriber:
    """Who waits for what moves, in an event loop; what it has not read yet is one notice."""

    loop: asyncio.AbstractEventLoop
    unread: Notice | None = None
    told: asyncio.Event = field(default_factory=asyncio.Event)


class Notices:
    """Tells subscribers what folds move. Folds come in a thread of their own, subscribers in event loops."""

    def __init__(self, listen: Callable[[Callable[[Moved], None]], Callable[[], None]]) -> None:
        """Listen to a follower by its `listen`, from the first subscriber on."""
        self._listen = listen
        self._listening = False
        self._subscribers: set[_Subscriber] = set()
        self._lock = threading.Lock()

    async def moves(self) -> AsyncIterator[Notice]:
        """What moves from now on; nothing is lost, and what is not read in time is read as one."""
        mine = _Subscriber(asyncio.get_running_loop())
        with self._lock:
            self._subscribers.add(mine)
            if not self._listening:
                self._listening = True
                self._listen(self._tell)
        try:
            while True:
                await mine.told.wait()
                with self._lock:
                    mine.told.clear()
                    notice, mine.unread = mine.unread, None
                if notice is not None:
                    yield notice
        finally:
            with self._lock:
                self._subscribers.discard(mine)

    def _tell(self, moved: Moved) -> None:
        with self._lock:
            if not self._subscribers:
                return
        notice = notice_of(moved)
        with self._lock:
            for each in list(self._subscribers):
                first = each.unread is None
                each.unread = each.unread.with_later(notice) if each.unread else notice
                if first and each.loop.is_closed():
                    self._subscribers.discard(each)
                elif first:
                    each.loop.call_soon_threadsafe(each.told.set)
