"""One TCP connection of a device: bytes to its session, entries to the listener, and no more than there is room."""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Protocol, cast

from ingest.hj212.peers import Peers, address_of
from ingest.hj212.session import MOST_GUESSES, Entry, Session
from services.unexpected import Unexpected, attempted

_ANSWERS_WAITING = 64 * 1024
_MOST_DEVICES = 1000
_MOST_WASTED, _WASTED_A_SECOND = 128 * 1024, 1024
_ENTRY_BYTES = 100


class Port(Protocol):
    """What a connection needs of the listener."""

    full: bool
    connections: "set[Connection]"
    speaking: "dict[str, Connection]"
    peers: Peers

    def session(self, connection: "Connection", peer: str) -> Session: ...

    def has_room(self, connection: "Connection") -> bool: ...

    def submit(self, entries: Sequence[Entry]) -> None: ...

    def check(self, connection: "Connection") -> None: ...


class Hold(Enum):
    """Why a connection is not read from."""

    FULL = auto()
    CHOKED = auto()
    CHECKING = auto()
    PAUSED = auto()


class Connection(asyncio.Protocol):
    """Reads while the listener has room, while the peer takes its answers, and while no password is checked."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._holds: set[Hold] = set()
        self._counted = False
        self._wasted, self._wasted_at = 0.0, time.monotonic()
        self.heard_at = time.monotonic()
        self.session = port.session(self, "unknown")

    @property
    def is_known(self) -> bool:
        """Whether a registered device has spoken on it."""
        return bool(self.session.passwords)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_ANSWERS_WAITING)
        _keep_alive(transport.get_extra_info("socket"))
        peer = self.session.peer = address_of(transport.get_extra_info("peername"))
        if not self._port.has_room(self):
            self._transport.abort()
            return
        self._counted = True
        self._port.peers.came(peer)
        self._port.connections.add(self)
        pause = self._port.peers.pause_s(peer, self.heard_at)
        if pause:
            self._hold(Hold.PAUSED)
            asyncio.get_running_loop().call_later(pause, self._release, Hold.PAUSED)

    def data_received(self, data: bytes) -> None:
        self.heard_at = time.monotonic()
        self._take(data, lambda: self.session.receive(data, self.heard_at))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's name
        self._transport = None
        self._leave()
        for mn in self.session.passwords:
            if self._port.speaking.get(mn) is self:
                del self._port.speaking[mn]
        self._take(b"", lambda: self.session.tick(time.monotonic(), final=True))

    def pause_writing(self) -> None:
        """The peer does not take its answers: it is not read from until it does."""
        self._hold(Hold.CHOKED)

    def resume_writing(self) -> None:
        self._release(Hold.CHOKED)

    def read_on(self) -> None:
        """Read again, after the listener was full."""
        if not self._port.full:
            self._release(Hold.FULL)

    def checked(self, *, right: bool) -> None:
        """Go on since the password that the session waited for was checked."""
        self._take(b"", lambda: self.session.checked(time.monotonic(), right=right))
        if self.session.unchecked is None:
            self._release(Hold.CHECKING)
        if self.session.guesses >= MOST_GUESSES:
            self._be_rid()

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def tick(self, now: float) -> None:
        """What follows from time passing: re-sends, pauses that end a frame, and the end of who is silent."""
        for exchange in list(self.session.exchanges.values()):
            again = exchange.tick(now)
            if again:
                self.write(again)
        self._take(b"", lambda: self.session.tick(now))
        room = self._port.peers.room
        if not self._holds and now - self.heard_at > (room.idle_s if self.is_known else room.unknown_idle_s):
            self.end()

    def end(self) -> None:
        """Close, and hand over what had been received; what is not checked yet won't be."""
        transport, self._transport = self._transport, None
        self._leave()
        now = time.monotonic()
        self._take(b"", lambda: self.session.tick(now, final=True))
        if self.session.unchecked is not None:
            self._take(b"", lambda: self.session.checked(now, right=None))
        if transport is not None:
            transport.close()

    def _take(self, data: bytes, step: Callable[[], list[Entry]]) -> None:
        """Submit what a step of the session makes of `data`; where it fails the connection ends."""
        entries = attempted(step)
        failed = isinstance(entries, Unexpected)
        if isinstance(entries, Unexpected):  # where its next frame begins is not known any more
            entries = self.session.given_up(data, entries)
        self._note_speakers()
        entries += self.session.ended()
        if entries:
            self._port.submit(entries)
        if self._transport is None:
            return
        if failed:
            self.end()
        elif self._is_noise(entries):
            self._be_rid()
        elif self.session.unchecked is not None and Hold.CHECKING not in self._holds:
            self._hold(Hold.CHECKING)
            self._port.check(self)
        if self._port.full:
            self._hold(Hold.FULL)

    def _is_noise(self, entries: Sequence[Entry]) -> bool:
        """Whether it sends nothing but what can't be accepted, and that faster than any device would."""
        now = time.monotonic()
        self._wasted = max(0.0, self._wasted - (now - self._wasted_at) * _WASTED_A_SECOND)
        self._wasted_at = now
        for entry in entries:
            if entry.device is not None:
                self._wasted = 0.0
            elif entry.refusal is not None:
                self._wasted += entry.fresh_bytes + _ENTRY_BYTES
        return self._wasted > _MOST_WASTED

    def _be_rid(self) -> None:
        if self._transport is not None:
            self._port.peers.was_noisy(self.session.peer, time.monotonic())
            self.end()

    def _leave(self) -> None:
        self._port.connections.discard(self)
        if self._counted:
            self._counted = False
            self._port.peers.left(self.session.peer)

    def _hold(self, why: Hold) -> None:
        self._holds.add(why)
        if self._transport is not None:
            self._transport.pause_reading()

    def _release(self, why: Hold) -> None:
        self._holds.discard(why)
        if not self._holds and self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    @property
    def is_held(self) -> bool:
        """Whether it is not read from at the moment."""
        return bool(self._holds)

    def _note_speakers(self) -> None:
        if self._transport is not None and len(self.session.passwords) <= _MOST_DEVICES:
            for mn in self.session.passwords:
                self._port.speaking[mn] = self


def _keep_alive(connected: socket.socket | None) -> None:
    """Notice, within minutes, a device that is gone without saying so: HJ 212-2017 has no heartbeat."""
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 120)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 30)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
