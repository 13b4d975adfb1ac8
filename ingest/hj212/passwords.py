"""Checks devices' passwords beside the event loop, and slows down who guesses.

A check is dear on purpose (scrypt), so it is done in threads, one at a time for each peer and for each device:
nobody who guesses keeps others waiting. Whoever was wrong waits before the next check, longer each time. A password
that was right is known by the directory and comes here no more, so no guessing delays a device that has been heard.
"""

import asyncio
import hmac
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ingest.hj212.directory import NotChecked
from services.device.password import password_hash
from services.unexpected import attempted

_THREADS = 2
_FREE = 3
_FIRST_PAUSE_S = 0.02
_PEER_PAUSE_S, _DEVICE_PAUSE_S = 0.5, 0.1
_FORGOTTEN_S = 600.0
_MOST = 10_000


@dataclass
class _Turn:
    """Checks of one peer, or of one device: one at a time, and slower while they are wrong."""

    longest_s: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wrong: int = 0
    last: float = 0.0

    def pause_s(self, now: float) -> float:
        """How long the next check has to wait from now on."""
        if now - self.last > _FORGOTTEN_S:
            self.wrong = 0
        doublings = min(self.wrong - _FREE, 10)
        pause = min(_FIRST_PAUSE_S * 2.0**doublings, self.longest_s) if doublings >= 0 else 0.0
        return max(0.0, self.last + pause - now)

    def note(self, now: float, *, right: bool) -> None:
        self.wrong, self.last = (self.wrong // 2 if right else self.wrong + 1), now


class Passwords:
    """Checks passwords that `known` does not know yet. Used in one event loop."""

    def __init__(self, known: Callable[[NotChecked], bool | None]) -> None:
        self._known = known
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hj212 passwords")
        self._peers: dict[str, _Turn] = {}
        self._devices: dict[str, _Turn] = {}
        self.checked = self.wrong = 0

    async def check(self, peer: str, asked: NotChecked) -> bool:
        """Whether it is the device's password."""
        of_peer = self._turn(self._peers, peer, _PEER_PAUSE_S)
        of_device = self._turn(self._devices, asked.device.mn, _DEVICE_PAUSE_S)
        async with of_peer.lock, of_device.lock:
            known = self._known(asked)
            if known is not None:
                return known
            now = time.monotonic()
            await asyncio.sleep(max(of_peer.pause_s(now), of_device.pause_s(now)))
            loop = asyncio.get_running_loop()
            right = await loop.run_in_executor(self._threads, _is_right, asked) is True
            for turn in (of_peer, of_device):
                turn.note(time.monotonic(), right=right)
        self.checked += 1
        self.wrong += not right
        return right

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def _turn(turns: dict[str, _Turn], who: str, longest_s: float) -> _Turn:
        if len(turns) >= _MOST:
            now = time.monotonic()
            for name in [n for n, t in turns.items() if not t.lock.locked() and now - t.last > _PEER_PAUSE_S]:
                del turns[name]
        return turns.setdefault(who, _Turn(longest_s))


def _is_right(asked: NotChecked) -> object:
    said = attempted(lambda: password_hash(asked.device.mn, asked.password), pass_on=())
    return isinstance(said, str) and hmac.compare_digest(said, asked.device.password_hash)
