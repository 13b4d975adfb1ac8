"""Where connections meet: back-pressure, and one group of frames after the other into the journal.

While one group is made durable the next gathers, so an append carries as many frames as came meanwhile. Whoever
sends faster than the disk can follow is not read from until it has.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from eventlog.log import LogUnavailable
from ingest.hj212.connection import Connection
from ingest.hj212.counts import Counts
from ingest.hj212.directory import Directory
from ingest.hj212.dispatch import Dispatcher
from ingest.hj212.journal import Journal
from ingest.hj212.parts import Assembler
from ingest.hj212.passwords import Passwords
from ingest.hj212.peers import Peers, Room
from ingest.hj212.session import Entry, Session, given_up, restored
from ingest.hj212.sm4 import Ciphers
from ingest.hj212.stream import LONGEST_SEGMENT, Frame, StreamReader
from services.device.secrets import NO_SECRETS, Secrets
from services.ports import Clock, ReadState
from services.unexpected import Unexpected, attempted

_GROUP = 2000
_MOST_BYTES, _FEW_BYTES = 8 * 1024 * 1024, 2 * 1024 * 1024
_ENTRY_BYTES = 1000  # about what an entry weighs beside its frame
_TICK_S = 1.0
_RETRY_S = 1.0
_PARTS_S = 300.0
_BACKLOG = 4096

_logger = structlog.get_logger(__name__)


class Listener:
    """Serves devices on one socket, in one event loop."""

    def __init__(
        self,
        journal: Journal,
        state: ReadState,
        clock: Clock,
        longest: int = LONGEST_SEGMENT,
        room: Room | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        """`room` is for how many connections there is room; `secrets` is where commands' secrets are."""
        self.peers, self._secrets = Peers(room or Room()), secrets or NO_SECRETS
        self._checks: set[asyncio.Task[None]] = set()
        self._journal, self._state, self._clock, self._longest = journal, state, clock, longest
        self._directory, self._assembler = Directory(), Assembler(_PARTS_S)
        self._passwords = Passwords(self._directory.known)
        self._dispatcher = Dispatcher(self._directory, self._secrets)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hj212 journal")
        self._entries: list[Entry] = []
        self._bytes = 0
        self._stopping, self._stale = False, True
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.full = False
        self.connections: set[Connection] = set()
        self.speaking: dict[str, Connection] = {}
        self.counts = Counts()
        self._outage = self._unread = ""

    @property
    def ledger(self) -> Mapping[str, int]:
        """Bytes by the kind of entry that they ended in."""
        return self.counts.ledger

    @property
    def failure(self) -> str | None:
        """Why something is not done at the moment; None while all is well."""
        return self._outage or self._unread or None

    async def run(self, listening: socket.socket, started: Callable[[], None]) -> None:
        """Serve until `stop` is called; all that came by then is durable on return."""
        self._loop = asyncio.get_running_loop()
        await self._take_up()
        while self._unread and not self._stopping:  # a device that is registered must not be refused as unknown
            await asyncio.sleep(_RETRY_S)
            await self._take_up()
        self._attempt(self._restore_parts)
        server = await self._loop.create_server(partial(Connection, self), sock=listening, backlog=_BACKLOG)
        ticking = asyncio.create_task(self._tick_on())
        ticking.add_done_callback(lambda _: self._wake.set())
        started()
        try:
            while not self._stopping:
                await self._wake.wait()
                self._wake.clear()
                if ticking.done():
                    await ticking
                await self._keep_all()
                if self._journal.due:
                    await self._keep([])
        finally:
            server.close()
            ticking.cancel()
            for check in self._checks:
                check.cancel()
            self._passwords.close()
            for connection in list(self.connections):
                self._attempt(connection.end)
            self._add([given_up(each) for each in self._assembler.expired(0, everything=True)])
            await self._keep_all()
            await self._keep([], final=True)
            self._thread.shutdown()

    def stop(self) -> None:
        """End `run`; may be called from any thread."""
        self._stopping = True
        self._wake_up()

    def changed(self) -> None:
        """The register of devices or what they are asked has changed; may be called from any thread."""
        self._stale = True
        self._wake_up()

    def session(self, connection: Connection, peer: str) -> Session:
        """What a new connection is known by."""
        self.counts.connected += 1
        return Session(peer, self._directory, self._assembler, self._reader(), connection.write)

    def _reader(self) -> StreamReader:
        return StreamReader(self._longest, Ciphers(self._secrets.keys))

    def has_room(self, connection: Connection) -> bool:
        """Whether a connection that has come may stay; where all places are taken, a silent one leaves for it."""
        room, peer = self.peers.room, connection.session.peer
        crowded = self.peers.connected[peer] >= room.of_a_peer
        if not crowded and len(self.connections) < room.connections:
            return True
        silent = [
            each for each in self.connections if not each.is_known and (not crowded or each.session.peer == peer)
        ]
        self.counts.turned_away += 1
        if not silent:
            return False
        self._attempt(min(silent, key=lambda each: each.heard_at).end)
        return True

    def check(self, connection: Connection) -> None:
        """Have the password checked that a connection waits for."""
        task = asyncio.get_running_loop().create_task(self._check(connection))
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)

    async def _check(self, connection: Connection) -> None:
        session = connection.session
        while (asked := session.unchecked) is not None:
            right = await self._passwords.check(session.peer, asked)
            self._directory.note(asked, right=right)
            if session.unchecked is asked:
                self._attempt(partial(connection.checked, right=right))

    def submit(self, entries: Sequence[Entry]) -> None:
        """Have entries written down with the next group."""
        self._add(entries)
        self._wake.set()

    def _wake_up(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    def _add(self, entries: Sequence[Entry]) -> None:
        self._entries += entries
        self._bytes += _weight(entries)
        self.full = self.full or self._bytes > _MOST_BYTES

    async def _keep_all(self) -> None:
        """Write down what waits, group by group, and answer each group once it is durable."""
        if self._stale:
            await self._take_up()
        while self._entries:
            group, self._entries = self._entries[:_GROUP], self._entries[_GROUP:]
            await self._keep(group)
            self._answer(group)
            self._bytes -= _weight(group)
            if self.full and self._bytes < _FEW_BYTES:
                self.full = False
                for connection in list(self.connections):
                    connection.read_on()

    async def _keep(self, group: Sequence[Entry], *, final: bool = False) -> None:
        while True:
            try:
                work = partial(self._journal.keep, group, final=final)
                await asyncio.get_running_loop().run_in_executor(self._thread, work)
                self._outage = ""
                return
            except LogUnavailable as outage:
                self._outage = f"frames wait unanswered: {outage}"
                _logger.warning("frames wait unanswered: the log takes none", reason=str(outage))
                if self._stopping:
                    for entry in group:
                        entry.answer = b""
                    return
                await asyncio.sleep(_RETRY_S)

    def _answer(self, group: Sequence[Entry]) -> None:
        for entry in group:
            self.counts.add(entry)
            if entry.answer and entry.session is not None:
                entry.session.write(entry.answer)
            if entry.exchange is not None:
                self._secrets.forget(entry.exchange.command["command_id"])

    async def _take_up(self) -> None:
        """Read the register and what was asked for; a change meanwhile is taken up next."""
        self._stale = False
        found = await asyncio.get_running_loop().run_in_executor(None, partial(attempted, self._read, pass_on=()))
        if isinstance(found, Unexpected):  # tick by tick, until the tables answer
            self._stale = True
            self.counts.failures += 1
            self._unread = f"the register of devices can't be read: {found.error}"
            return
        self._unread, (devices, commands) = "", found
        self._attempt(partial(self._directory.take_up, devices))
        self._attempt(partial(self._dispatcher.take_up, commands))
        self._attempt(self._dispatch)

    def _read(self) -> tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]:
        return self._state.devices(), self._state.open_device_commands()

    def _attempt(self, step: Callable[[], object]) -> None:
        """Take a step; where it fails unexpectedly that is logged and counted, and others go on."""
        self.counts.failures += isinstance(attempted(step, pass_on=()), Unexpected)

    def _restore_parts(self) -> None:
        """Parts that were kept before a restart and whose others may still come."""
        now = time.monotonic()
        for raw in self._state.device_parts(self._clock() - timedelta(seconds=_PARTS_S)):
            for item in StreamReader(self._longest).feed(raw):
                if isinstance(item, Frame):
                    self._attempt(partial(self._restore, item, now))

    def _restore(self, part: Frame, now: float) -> None:
        self.submit(list(restored(part, self._directory, self._assembler, now)))

    def _dispatch(self) -> None:
        connected = {mn: connection.session for mn, connection in self.speaking.items()}
        for session, frame, entry in self._dispatcher.begin(connected, self._clock(), time.monotonic()):
            if entry is not None:
                self.submit([entry])
            elif session is not None:
                session.write(frame)

    def _give_up(self, now: float) -> None:
        self.submit([given_up(each) for each in self._assembler.expired(now)])

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            now = time.monotonic()
            for connection in list(self.connections):
                if isinstance(attempted(partial(connection.tick, now), pass_on=()), Unexpected):
                    self.counts.failures += 1
                    self._attempt(connection.end)
            self._attempt(partial(self._give_up, now))
            self._attempt(self._dispatch)
            if self._stale or self._journal.due:
                self._wake.set()


def _weight(entries: Sequence[Entry]) -> int:
    return sum(len(entry.raw) + _ENTRY_BYTES for entry in entries)
