"""`env1357 hj212`: the listener for devices without a server, and a device for trials."""

import asyncio
import gzip
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from demo import device as trial
from env1357.listening import address_of, listening
from env1357.opening import errors, progress_bar
from env1357.operating import operate
from env1357.settings import BadSetting, read_settings
from running.platform import open_platform

app = typer.Typer(no_args_is_help=True, help="Devices that speak HJ 212: listen to them, or be one for a trial.")

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (ENV1357_DATA; ./data where silent).")]


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
        errors.print(f"env1357 listens to HJ 212 devices at {address_of(address, at)}, data folder {settings.data}")
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
