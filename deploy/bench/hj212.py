"""`make bench-hj212`: a thousand devices on loopback, each frame's way from its sending to its durable answer.

The load is open: frames leave when they are due, whether earlier ones were answered or not, and the wait counts
from the time when they were due. All frames are made before the clock starts; the load runs in this process, the
listener in its own, with log and tables as in service. Frames have Min, Avg, Max and Cou of six factors. At the end
every answered frame must be in the tables, once. `--beside-import` has a file of a million rows imported meanwhile.
"""

import argparse
import asyncio
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import uvloop

from demo import device as trial
from projections.database import Limits
from running.operations import OPERATIONS
from running.platform import open_platform, silent
from running.query import query

_STEP_S = 0.01
_DRAIN_S = 20.0
_SAMPLE_S = 2.0
_SPAN = 100_000
_ANSWER = b"CN=9014"
_ROWS = 1_000_000


@dataclass
class Outcome:
    """What a run found: seconds of each answered frame's wait, and the listener's memory over time in MB."""

    connections: int
    rate: int
    sent: int = 0
    lasted_s: float = 0.0
    waits: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    load_cpu_s: float = 0.0
    listener_cpu_s: float = 0.0
    in_tables: int = 0
    imported_s: float | None = None
    importing: bool = False


class _Device(asyncio.Protocol):
    """One connection: frames out, answers counted in their order."""

    def __init__(self, frames: list[bytes], outcome: Outcome) -> None:
        self._frames, self._outcome = iter(frames), outcome
        self._due: deque[float] = deque()
        self._transport: asyncio.Transport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def send(self, due: float) -> None:
        frame = next(self._frames, None)
        if frame is not None and self._transport is not None:
            self._due.append(due)
            self._outcome.sent += 1
            self._transport.write(frame)

    def data_received(self, data: bytes) -> None:
        now, text = time.perf_counter(), self._rest + data
        for _ in range(text.count(_ANSWER)):
            self._outcome.waits.append(now - self._due.popleft())
        self._rest = text[text.rfind(_ANSWER) + len(_ANSWER) :][-len(_ANSWER) + 1 :] if text else b""


def run(connections: int, rate: int, seconds: float, *, beside_import: bool = False) -> Outcome:
    """Serve and load; `rate` is frames a second over all connections."""
    outcome = Outcome(connections, rate, importing=beside_import)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with open_platform(data, Limits()) as platform:
            OPERATIONS["simulate_devices"](platform, {"count": connections}, silent)
        frames = _frames(connections, int(rate * seconds / connections))
        file = _file(Path(folder) / "million.csv", connections) if beside_import else None
        with _listener(data) as (pid, port), _importing(data, file, outcome):
            uvloop.run(_load(port, frames, outcome, pid))
            outcome.listener_cpu_s = _cpu_s(pid)
        with open_platform(data, Limits()) as platform:
            platform.follower.wait_for(platform.log.ends(), 600)
            counted = "SELECT count(*) FROM base.observation WHERE period = 'MINUTE'"
            _, ((outcome.in_tables,),) = query(platform.database, counted)
    return outcome


def report(outcome: Outcome) -> None:
    waits = sorted(outcome.waits)
    middle, late = (_quantile_ms(waits, share) for share in (0.5, 0.99))
    each = [outcome.waits[start : start + _SPAN] for start in range(0, len(outcome.waits), _SPAN)]
    spans = " ".join(f"{_quantile_ms(sorted(span), 0.99):.0f}" for span in each)
    print(
        f"HJ 212: {outcome.sent} frames over {outcome.connections} connections at {outcome.rate}/s: "
        f"{len(waits)} answered durably, {len(waits) / outcome.lasted_s:.0f}/s; "
        f"answer after {middle:.0f} ms (median), {late:.0f} ms (p99), {waits[-1] * 1000:.0f} ms (worst)  "
        "(to reach: 10000/s, p99 below 200 ms)\n"
        f"  p99 of each {_SPAN} answers: {spans} ms\n"
        f"{_told_of_import(outcome)}"
        f"  {outcome.in_tables} in the tables; memory {' '.join(f'{mb:.0f}' for mb in outcome.memory_mb)} MB; "
        f"CPU of the listener {outcome.listener_cpu_s:.0f} s, of the load {outcome.load_cpu_s:.0f} s",
        flush=True,
    )


def _told_of_import(outcome: Outcome) -> str:
    if not outcome.importing:
        return ""
    if outcome.imported_s is None:
        return f"  beside an import of {_ROWS} rows, which was not over then\n"
    return f"  beside an import of {_ROWS} rows, which took {outcome.imported_s:.0f} s\n"


def _quantile_ms(ordered: list[float], share: float) -> float:
    return ordered[int(len(ordered) * share)] * 1000


async def _load(port: int, frames: list[list[bytes]], outcome: Outcome, pid: int) -> None:
    loop = asyncio.get_running_loop()
    devices = []
    for own in frames:
        _, device = await loop.create_connection(lambda own=own: _Device(own, outcome), "127.0.0.1", port)  # type: ignore[misc]
        devices.append(device)
    await _warm_up(devices, outcome)
    total, started = sum(map(len, frames)) - len(devices), time.perf_counter()
    sampled, number = started, 0
    while number < total:
        now = time.perf_counter()
        while number < total and number / outcome.rate <= now - started:
            devices[number % len(devices)].send(started + number / outcome.rate)
            number += 1
        if now - sampled > _SAMPLE_S:
            sampled = now
            outcome.memory_mb.append(_memory_mb(pid))
        await asyncio.sleep(_STEP_S)
    end = time.perf_counter() + _DRAIN_S
    while len(outcome.waits) < total and time.perf_counter() < end:
        await asyncio.sleep(_STEP_S)
    outcome.lasted_s = time.perf_counter() - started
    outcome.load_cpu_s += time.process_time()
    outcome.memory_mb.append(_memory_mb(pid))


async def _warm_up(devices: list[_Device], outcome: Outcome) -> None:
    """One frame of each device: its password is checked once a connection, which is dear on purpose."""
    for device in devices:
        device.send(time.perf_counter())
    while len(outcome.waits) < len(devices):
        await asyncio.sleep(_STEP_S)
    outcome.waits.clear()
    outcome.load_cpu_s = -time.process_time()


def _frames(connections: int, each: int) -> list[list[bytes]]:
    """Frames of every device, one for each minute since some past day."""
    chance, first = random.Random(212), datetime(2026, 1, 1)  # noqa: DTZ001  local, as devices write
    times = [first + timedelta(minutes=number) for number in range(each + 1)]
    return [
        [trial.minutely(trial.mn_of(n), at, chance, f"{at:%Y%m%d%H%M%S}{n % 1000:03}") for at in times]
        for n in range(connections)
    ]


def _file(path: Path, sites: int) -> Path:
    """Hours of the same stations, years before."""
    first, chance = datetime(2015, 1, 1), random.Random(1)  # noqa: DTZ001  local, as the network writes
    with path.open("w") as file:
        file.write("timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h\n")
        for number in range(_ROWS):
            at, site = first + timedelta(hours=number // sites), number % sites
            value = chance.randrange(10, 90)
            file.write(f"{at:%Y-%m-%dT%H:%M:%S},SIM-{site:05},{value},{value + 20},8,{value},0.8,70\n")
    return path


@contextmanager
def _importing(data: Path, file: Path | None, outcome: Outcome) -> Iterator[None]:
    """Import a file by the server beside the body; what is not over by then is stopped with the server."""
    if file is None:
        yield
        return
    command = [sys.executable, "-m", "env1357.main", "import", str(file), "--as", "cnemc", "--data", str(data)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as importing:

        def wait() -> None:
            if importing.wait() == 0:
                outcome.imported_s = time.perf_counter() - began

        waiting = threading.Thread(target=wait)
        waiting.start()
        yield
        importing.terminate()
        waiting.join()


@contextmanager
def _listener(data: Path) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "env1357.main", "serve", "--data", str(data), "--port", "0"]
    environment = {**os.environ, "COLUMNS": "200", "ENV1357_HJ212_PORT": "0"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as listener:
        if listener.stderr is None:
            raise SystemExit("the listener has no standard error")
        heard = ""
        while (said := re.search(r"listens to HJ 212 devices at 127\.0\.0\.1:(\d+)", heard)) is None:
            line = listener.stderr.readline()
            if not line:
                raise SystemExit(heard)
            heard += line
        try:
            yield listener.pid, int(said[1])
        finally:
            listener.send_signal(signal.SIGTERM)
            listener.stderr.read()


def _memory_mb(pid: int) -> float:
    said = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(said[1]) / 1024 if said else 0.0


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--connections", type=int, default=1000)
    arguments.add_argument("--rate", type=int, default=10_000, help="frames a second")
    arguments.add_argument("--seconds", type=float, default=20.0)
    arguments.add_argument("--beside-import", action="store_true", help="import a million rows meanwhile")
    given = arguments.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * given.connections)), hard))
    report(run(given.connections, given.rate, given.seconds, beside_import=given.beside_import))


if __name__ == "__main__":
    main()
