"""Threads that run operations: so many at once, apart from everybody else's."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gateway.graphql.allowance import Allowance, Ended, OperationLimits, left

_PRESSED_AGAIN_S = 0.1

Result = TypeVar("Result")


class Crew:
    """Some threads of their own. Work that finds none free in time is turned away."""

    def __init__(self, name: str, size: int, patience_s: float) -> None:
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._size, self._patience_s = size, patience_s

    async def do(self, work: Callable[[], Result]) -> Result:
        """Run work in one of the threads. Raises `Ended` with the code BUSY where none was free in time."""
        loop, job = asyncio.get_running_loop(), self._threads.submit(work)
        turned_away = False

        def turn_away() -> None:
            nonlocal turned_away
            turned_away = job.cancel()  # only what has not begun can be

        timer = loop.call_later(self._patience_s, turn_away)
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            if not turned_away:
                raise
            raise Ended(
                "BUSY",
                f"all {self._size} threads for this were busy for {self._patience_s:g} s: ask again in a while",
            ) from None
        finally:
            timer.cancel()

    async def do_within(self, allowance: Allowance, limit_s: float, work: Callable[[], Result]) -> Result:
        """The same, for an operation that is ended after `limit_s`, or when whoever waits for it is cancelled."""
        loop, under_way = asyncio.get_running_loop(), threading.Event()

        def marked() -> Result:
            under_way.set()
            try:
                return work()
            finally:
                under_way.clear()

        def press(reason: Ended) -> None:
            """Again and again: what interrupts between two queries of the operation ends neither."""
            allowance.end(reason)
            if under_way.is_set():
                loop.call_later(_PRESSED_AGAIN_S, press, reason)

        timer = loop.call_later(limit_s, press, allowance.too_slow())
        try:
            return await self.do(marked)
        except asyncio.CancelledError:
            press(left())
            raise
        finally:
            timer.cancel()

    def close(self) -> None:
        """Begin nothing any more; wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Crews:
    """The threads of a process that answer questions, and those that carry out commands and wait for their fold."""

    def __init__(self, limits: OperationLimits) -> None:
        self.limits = limits
        self.readers = Crew("reader", limits.at_once, limits.patience_s)
        self.commands = Crew("command", limits.commands_at_once, limits.patience_s)

    async def answer(self, allowance: Allowance, work: Callable[[], Result]) -> Result:
        """Run what reads, within its allowance. Raises `Ended`."""
        return await self.readers.do_within(allowance, self.limits.time_s, work)

    def close(self) -> None:
        """Begin nothing any more; wait for nobody."""
        self.readers.close()
        self.commands.close()
