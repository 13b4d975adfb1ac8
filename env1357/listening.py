"""Listens to HJ 212 devices in a thread of its own, beside a server or alone."""

import os
import signal
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

import uvloop

from env1357.connections import raise_descriptors, share_of
from env1357.opening import errors
from env1357.settings import Settings
from ingest.hj212.journal import Journal
from ingest.hj212.listener import Listener
from ingest.hj212.peers import Room
from projections.engine import Moved
from running.health import Trouble
from running.platform import Platform
from services.unexpected import Unexpected, attempted

_STARTED_S, _RETRY_S = 2.0, 0.2
_PARTS_S = 5.0
_FOLLOWED = {"monitor.device", "monitor.device_command"}


class DevicePortInUse(Exception):
    """The port for devices is taken."""


@contextmanager
def listening(platform: Platform, settings: Settings) -> Iterator[tuple[Listener, str, int]]:
    """Listen to devices in a thread of its own while the body runs: the listener and where it listens.

    Raises `DevicePortInUse`.
    """
    bound = _bound(settings)
    journal = Journal(platform.observations, platform.clock)
    room = Room(
        share_of(raise_descriptors()),
        settings.hj212_connections_of_a_peer,
        settings.hj212_unknown_idle_s,
        settings.hj212_idle_s,
    )
    platform.observations.quota.limit("hj212", settings.hj212_quarantine_bytes)
    listener = Listener(
        journal, platform.state, platform.clock, settings.hj212_longest_segment, room, platform.secrets
    )

    def moved(what: Moved) -> None:
        if _FOLLOWED & what.tables.keys():
            listener.changed()

    started, ending = threading.Event(), threading.Event()

    def run() -> None:
        if _register_stands(platform, ending):
            _run(listener, bound, started)

    run_loop = threading.Thread(target=run, name="hj212", daemon=True)

    def look() -> Iterable[Trouble]:
        if not started.is_set():
            yield Trouble("hj212", "devices wait unanswered until the tables have the register of devices")
        elif not run_loop.is_alive():
            yield Trouble("hj212", "the listener for devices has died; start the process again", stops=True)
        elif listener.failure:
            yield Trouble("hj212", listener.failure, stops=True)
        if journal.not_kept:
            yield Trouble("hj212", f"{journal.not_kept} entries could not be kept; the process's log names them")

    with ExitStack() as stack:
        stack.callback(platform.follower.listen(moved))
        stack.callback(bound.close)
        run_loop.start()
        stack.callback(run_loop.join, 60)
        stack.callback(listener.stop)
        stack.callback(ending.set)
        stack.callback(platform.health.watch("hj212", look))
        stack.callback(platform.meters.count("hj212", listener.counts.numbers))
        stack.callback(platform.meters.level("hj212", lambda: {"connections": len(listener.connections)}))
        started.wait(_STARTED_S)
        yield listener, *bound.getsockname()[:2]


def _register_stands(platform: Platform, ending: threading.Event) -> bool:
    """Wait until the register of devices can be read as it is; False where the listener is to end before.

    Devices may connect meanwhile. What they send waits: none that is registered is refused as unknown.
    """
    # parts of messages that came just before are put together with their others, where the tables have them soon
    platform.follower.wait_for(platform.log.ends(), _PARTS_S)
    while not ending.is_set():
        if not isinstance(attempted(lambda: _read_register(platform), pass_on=()), Unexpected):
            return True
        ending.wait(_RETRY_S)
    return False


def _read_register(platform: Platform) -> None:
    platform.observations.expect_known(patience_s=0)
    platform.state.devices()


def _run(listener: Listener, bound: socket.socket, started: threading.Event) -> None:
    """Run the listener; a bug in it ends the process, to be started again, rather than its devices alone."""
    ended = False
    try:
        uvloop.run(listener.run(bound, started.set))
        ended = True
    finally:
        started.set()
        if not ended:
            os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def listening_if_free(platform: Platform, settings: Settings) -> Iterator[None]:
    """The same beside a server, which goes on without devices where their port is taken, and says so."""
    try:
        with listening(platform, settings) as (_, host, port):
            errors.print(f"env1357 listens to HJ 212 devices at {address_of(host, port)}", highlight=False)
            yield
    except DevicePortInUse as taken:
        errors.print(f"env1357: no HJ 212: {taken}", highlight=False, markup=False, style="yellow", soft_wrap=True)
        yield


def address_of(host: str, port: int) -> str:
    """Host and port as people write them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bound(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.hj212_host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.hj212_host, settings.hj212_port))
        bound.listen()
    except OSError as error:
        bound.close()
        raise DevicePortInUse(
            f"{settings.hj212_host}:{settings.hj212_port}: {error.strerror}. Set ENV1357_HJ212_PORT to another "
            "(0 takes a free one), or stop what listens there"
        ) from None
    return bound
