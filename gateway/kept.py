"""Answers that are kept: one is computed once, for any number who ask, until a table that it read moves."""

import asyncio
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from projections.catalogue import catalogue
from projections.database import Database
from projections.engine import EVERYTHING

_NAMED = re.compile(r'\b"?([a-z_]+)"?\."?([a-z_0-9]+)\b')
_SET_ASIDE = "ops.set_aside"
"""What an answer lacks is said beside it, so none is kept over a move of this."""

Moves = tuple[object, Mapping[str, int]]
"""The file of the tables with how often all of it may have changed, and how often each table has moved."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Answer:
    """An answer as it is sent, what is said beside it, and how the tables stood that it was read from."""

    content: bytes
    tables: frozenset[str] | None
    revision: tuple[object, int]
    beside: Mapping[str, Any]


class Kept:
    """Answers by what was asked, so many bytes of them; used by one event loop."""

    def __init__(self, database: Database, most_bytes: int) -> None:
        self._database, self._most_bytes = database, most_bytes
        self._answers = OrderedDict[Hashable, Answer]()
        self._bytes = 0
        self._process = secrets.token_hex(8)

    def get(self, asked: Hashable) -> Answer | None:
        """The answer to a question where it still holds: none of its tables has moved since."""
        found = self._answers.get(asked)
        if found is None or found.revision != _revision(found.tables, self.moves):
            return None
        self._answers.move_to_end(asked)
        return found

    def put(self, asked: Hashable, answer: Answer) -> None:
        """Keep an answer, and let go of those that were not asked for longest."""
        former = self._answers.pop(asked, None)
        self._bytes += len(answer.content) - (len(former.content) if former else 0)
        self._answers[asked] = answer
        while self._bytes > self._most_bytes:
            _, forgotten = self._answers.popitem(last=False)
            self._bytes -= len(forgotten.content)

    @property
    def moves(self) -> Moves:
        """How the tables stand: to be taken before what an answer is made from is read."""
        return self._database.revision(EVERYTHING), dict(self._database.moves)

    def answer(
        self, content: bytes, tables: Collection[str], before: Moves, beside: Mapping[str, Any] | None = None
    ) -> Answer:
        """An answer that was read from tables, which stood as `before` says, or later, when it was."""
        below = _below(frozenset(tables))
        return Answer(content, below, _revision(below, before), beside or {})

    def etag(self, asked: Hashable, answer: Answer) -> str:
        """Names an answer: weak, since the position that it is sent with goes on while it stays."""
        said = repr((self._process, asked, answer.revision)).encode()
        return f'W/"{blake2b(said, digest_size=12).hexdigest()}"'


def _revision(below: frozenset[str] | None, moves: Moves) -> tuple[object, int]:
    """The same for as long as these tables are; None means all there are."""
    file, counts = moves
    if below is None:
        return file, sum(counts.values())
    return file, counts.get(_SET_ASIDE, 0) + sum(counts.get(name, 0) for name in below)


@lru_cache(2048)
def tables_in(sql: str) -> frozenset[str]:
    """The tables that a question names, and perhaps some that it doesn't read: never fewer."""
    found = {f"{schema}.{table}" for schema, table in _NAMED.findall(sql)}
    return frozenset(name for name in found if _is_known(name) or name.startswith("ops."))


@lru_cache(2048)
def _below(tables: frozenset[str]) -> frozenset[str] | None:
    """What tables follow from; None, all there are, where one is in no catalogue and moves with whatever does."""
    if not all(_is_known(name) or name.startswith("standards.") for name in tables):
        return None
    return frozenset(catalogue().closure(set(tables)))


def _is_known(name: str) -> bool:
    return name in catalogue().projections or name in catalogue().events


class Shared(Generic[Value]):
    """Lets all who ask the same wait for one computation, which ends when the last of them leaves."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, tuple[asyncio.Task[Value], list[None]]] = {}

    async def do(self, asked: Hashable, make: Callable[[], Awaitable[Value]]) -> Value:
        """What `make` gives, or what it gives to another who asked before and still waits."""
        task, waiting = self._under_way.get(asked, (None, []))
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.ensure_future(_awaited(make))
            waiting = []
            self._under_way[asked] = task, waiting
            task.add_done_callback(lambda _: self._under_way.pop(asked, None))
        waiting.append(None)
        try:
            return await asyncio.shield(task)
        finally:
            waiting.pop()
            if not waiting:
                task.cancel()


async def _awaited(make: Callable[[], Awaitable[Value]]) -> Value:
    return await make()
