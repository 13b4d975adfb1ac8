"""One TCP connection of a device: bytes to its session, entries to the listener, and no more than there is room."""

import asyncio
import socket
import time
from collections.abc import Sequence
from typing import Protocol, cast

from services.ingest.hj212.session import Entry, Session
from services.ingest.unexpected import Unexpected, attempted

_ANSWERS_WAITING = 64 * 1024
_MOST_DEVICES = 1000


class Port(Protocol):
    """What a connection needs of the listener."""

    full: bool
    connections: "set[Connection]"
    paused: "set[Connection]"
    speaking: "dict[str, Connection]"

    def session(self, connection: "Connection", peer: str) -> Session: ...

    def submit(self, entries: Sequence[Entry]) -> None: ...


class Connection(asyncio.Protocol):
    """Reads while the listener has room and while the peer takes its answers."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._choked = False
        self.session = port.session(self, "unknown")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_ANSWERS_WAITING)
        _keep_alive(transport.get_extra_info("socket"))
        peer = transport.get_extra_info("peername")
        self.session.peer = str(peer[0]) if peer else "unknown"
        self._port.connections.add(self)

    def data_received(self, data: bytes) -> None:
        entries = attempted(lambda: self.session.receive(data, time.monotonic()))
        if isinstance(entries, Unexpected):  # where its next frame begins is not known any more
            self._submit(self.session.given_up(data, entries))
            self.end()
            return
        self._note_speakers()
        self._submit(entries)
        if self._port.full and self._transport is not None:
            self._port.paused.add(self)
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's name
        self._transport = None
        self._port.connections.discard(self)
        self._port.paused.discard(self)
        for mn in self.session.passwords:
            if self._port.speaking.get(mn) is self:
                del self._port.speaking[mn]
        self._submit(self._last_entries())

    def pause_writing(self) -> None:
        """The peer does not take its answers: it is not read from until it does."""
        self._choked = True
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._choked = False
        self.read_on()

    def read_on(self) -> None:
        """Read again, after the listener was full."""
        if self._transport is not None and not self._choked and not self._port.full:
            self._port.paused.discard(self)
            self._transport.resume_reading()

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def tick(self, now: float) -> None:
        """What follows from time passing: re-sends, pauses that end a frame."""
        for exchange in list(self.session.exchanges.values()):
            again = exchange.tick(now)
            if again:
                self.write(again)
        self._submit(self.session.tick(now))

    def end(self) -> None:
        """Close, and hand over what had been received."""
        transport, self._transport = self._transport, None
        self._port.connections.discard(self)
        self._submit(self._last_entries())
        if transport is not None:
            transport.close()

    def _last_entries(self) -> list[Entry]:
        found = attempted(lambda: self.session.tick(time.monotonic(), final=True))
        return self.session.given_up(b"", found) if isinstance(found, Unexpected) else found

    def _submit(self, entries: list[Entry]) -> None:
        entries += self.session.ended()
        if entries:
            self._port.submit(entries)

    def _note_speakers(self) -> None:
        if len(self.session.passwords) <= _MOST_DEVICES:
            for mn in self.session.passwords:
                self._port.speaking[mn] = self


def _keep_alive(connected: socket.socket | None) -> None:
    """Notice, within minutes, a device that is gone without saying so: HJ 212-2017 has no heartbeat."""
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 120)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 30)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
