"""`env1357 hj212`: the listener for devices, alone or beside `serve`, and a device for trials."""

import asyncio
import gzip
import os
import signal
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from demo import device as trial
from env1357.connections import raise_descriptors, share_of
from env1357.operating import errors, operate, progress_bar
from env1357.settings import BadSetting, Settings, read_settings
from ingest.hj212.journal import Journal
from ingest.hj212.listener import Listener
from ingest.hj212.peers import Room
from projections.engine import Moved
from running.health import Trouble
from running.platform import Platform, open_platform
from services.unexpected import Unexpected, attempted

app = typer.Typer(no_args_is_help=True, help="Devices that speak HJ 212: listen to them, or be one for a trial.")

_STARTED_S, _RETRY_S = 2.0, 0.2
_PARTS_S = 5.0
_FOLLOWED = {"monitor.device", "monitor.device_command"}

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (ENV1357_DATA; ./data where silent).")]


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
            errors.print(f"env1357 listens to HJ 212 devices at {_at(host, port)}", highlight=False)
            yield
    except DevicePortInUse as taken:
        errors.print(f"env1357: no HJ 212: {taken}", highlight=False, markup=False, style="yellow", soft_wrap=True)
        yield


@app.command()
def listen(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Listen to devices, without the gateway, until stopped."""
    settings = read_settings(data=data, hj212_host=host, hj212_port=port)
    with (
        progress_bar() as progress,
        open_platform(
            settings.data, settings.limits, progress=progress, quarantine_bytes=settings.quarantine_bytes
        ) as platform,
        listening(platform, settings) as (listener, address, at),
    ):
        errors.print(f"env1357 listens to HJ 212 devices at {_at(address, at)}, data folder {settings.data}")
        _wait_for_signal()
    for kind, count in sorted(listener.ledger.items()):
        errors.print(f"  {count} bytes {kind}", highlight=False)


@app.command()
def send(
    file: Annotated[
        Path | None, typer.Argument(help="A file of frames, one a line.", exists=True, dir_okay=False)
    ] = None,
    simulate: Annotated[int, typer.Option(help="Be so many simulated devices instead.")] = 0,
    seconds: Annotated[float, typer.Option(help="How long to simulate.")] = 10.0,
    interval: Annotated[float, typer.Option(help="Seconds between two frames of a simulated device.")] = 1.0,
    host: Annotated[str, typer.Option(help="Where the listener is.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Its port (ENV1357_HJ212_PORT).")] = None,
    data: Data = None,
) -> None:
    """Be a device: send a file's frames, or simulate devices, which are registered as simulated first."""
    settings = read_settings(data=data, hj212_port=port)
    if (file is None) == (simulate <= 0):
        raise BadSetting("name a file of frames, or a number of devices with --simulate")
    try:
        if file is not None:
            pieces = list(trial.pieces_of(_content(file)))
            report = asyncio.run(trial.send(host, settings.hj212_port, pieces, patience_s=5.0))
        else:
            operate(settings, "simulate_devices", {"count": simulate})
            with progress_bar() as progress:
                report = asyncio.run(
                    trial.simulate(
                        host,
                        settings.hj212_port,
                        simulate,
                        seconds,
                        interval,
                        lambda turn: progress("rounds", turn, max(turn, int(seconds / interval))),
                    )
                )
    except OSError as failure:
        raise BadSetting(
            f"{host}:{settings.hj212_port} does not listen: {failure}. Start `env1357 serve`"
        ) from None
    _tell(report)


def _at(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _tell(report: trial.Report) -> None:
    typer.echo(f"{report.sent} frames sent")
    for cn, count in sorted(report.answers.items()):
        typer.echo(f"  {count} answered by {cn}")
    for cn, count in sorted(report.requests.items()):
        typer.echo(f"  {count} requests {cn} followed")
    if report.seconds:
        waits = sorted(report.seconds)
        middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
        typer.echo(f"  answered after {middle * 1000:.0f} ms (median), {late * 1000:.0f} ms (p99)")


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content


def _wait_for_signal() -> None:
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    told.wait()


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
