"""`make bench-growth`: what questions cost as history grows, in CPU and memory, with the exponent of each.

One log grows from size to size. At each a process of its own folds what is new and asks: the same questions, each
with an answer of the same size.
"""

import argparse
import asyncio
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.bench.growing import FIRST_SAMPLING_US, SAMPLING_US, SECTIONS, WATER_FACTORS, Growing
from deploy.bench.questions import ALL, Ends, questions
from deploy.bench.readings import FACTORS, STATIONS
from eventlog.embedded import EmbeddedLog
from gateway.graphql.allowance import OperationLimits
from gateway.graphql.context import Context, Desk, open_desk
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.schema import build_schema
from gateway.maps import geojson
from projections.database import Limits
from running.platform import LOG_FILE, open_platform

_FIRST_HOUR_US = 1_577_808_000_000_000
_WATER_SHARE = 0.6
_ASKED = 9
_LONG_S = 60.0

Cost = Mapping[str, float | str]
"""CPU ms of each question, or the error that it ended in."""


def run(sizes: Sequence[int]) -> dict[int, dict[str, Cost]]:
    """The cost of each question at each size, in readings of air; of water there are six for each ten."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        log = EmbeddedLog(data / LOG_FILE)
        growing = Growing(log)
        for size in sizes:
            _say(f"growing to {size:,} readings of air and {int(size * _WATER_SHARE):,} of water")
            growing.grow(size, int(size * _WATER_SHARE))
            found[size] = _asked(data, size)
        log.close()
    return found


def report(found: Mapping[int, Mapping[str, Cost]]) -> None:
    """The table, and which questions grow faster than they may."""
    sizes = sorted(found)
    _say(
        f"{'CPU ms of one answer':42}"
        + "".join(f"{size / 1e6:>9.1f} M" for size in sizes)
        + "   exponent  to reach"
    )
    for name in found[sizes[0]]["cpu_ms"]:
        costs = [found[size]["cpu_ms"].get(name) for size in sizes]
        line = "".join(f"{cost:>11.1f}" if isinstance(cost, float) else f"{'error':>11}" for cost in costs)
        reach = 1.05 if name in ALL else 0.1
        exponent = _exponent(sizes, costs)
        _say(f"{name:42}{line}{exponent:>11.2f}  {reach:>7}{'' if exponent <= reach else '  <- beyond'}")
        _say_errors(costs)
    for what in ("peak_mb", "fold_s"):
        _say(f"{what:42}" + "".join(f"{found[size]['of_all'][what]:>11,.0f}" for size in sizes))


def _exponent(sizes: Sequence[int], costs: Sequence[object]) -> float:
    points = [
        (math.log(s), math.log(c)) for s, c in zip(sizes, costs, strict=True) if isinstance(c, float) and c > 0
    ]
    if len(points) < len(sizes) or len(points) < 2:
        return math.inf
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def _say_errors(costs: Sequence[object]) -> None:
    for cost in costs:
        if isinstance(cost, str):
            _say(f"    {cost[:160]}")


def _asked(data: Path, size: int) -> dict[str, Cost]:
    command = [sys.executable, "-m", "deploy.bench.growth", "--ask", str(data), "--sizes", str(size)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"asking at {size:,} readings ended with {done.returncode}:\n{done.stderr[-2000:]}")
    found: dict[str, Cost] = json.loads(done.stdout.splitlines()[-1])
    return found


def _ask(data: Path, size: int) -> None:
    started = time.perf_counter()
    with open_platform(data, Limits()) as platform:
        platform.follower.wait_for(platform.log.ends(), 7200)
        folded = time.perf_counter() - started
        desk, schema = open_desk(platform, OperationLimits(answers_kept_bytes=0)), build_schema()
        costs = {name: _cost(desk, schema, text) for name, text in questions(_ends(size)).items()}
        desk.crews.close()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(json.dumps({"cpu_ms": costs, "of_all": {"peak_mb": peak, "fold_s": folded}}))


def _cost(desk: Desk, schema: SnapshotSchema, text: str) -> float | str:
    """CPU ms of answering, or what went wrong: the least of several, since what runs beside it only ever adds."""
    taken = list[float]()
    while len(taken) < _ASKED and sum(taken) < _LONG_S * 1000:
        started = time.process_time()
        if text.startswith("/maps/"):
            with desk.platform.database.read() as snapshot:
                geojson(snapshot.connection, text.removeprefix("/maps/").removesuffix(".geojson"))
        else:
            answer = asyncio.run(schema.execute(text, context_value=Context(desk)))
            if answer.errors:
                return f"{text[:40]}… {answer.errors[0].message}"
        taken.append((time.process_time() - started) * 1000)
    return min(taken)


def _ends(size: int) -> Ends:
    """Where air and water end in time, so that each question asks for the last or for the middle."""
    hours = size // len(FACTORS) // STATIONS
    samplings = int(size * _WATER_SHARE) // len(WATER_FACTORS) // SECTIONS
    return Ends(_FIRST_HOUR_US, hours * 3_600_000_000, FIRST_SAMPLING_US, samplings * SAMPLING_US)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000_000, 10_000_000, 50_000_000])
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.ask:
        _ask(asked.ask, asked.sizes[0])
    else:
        report(run(asked.sizes))
