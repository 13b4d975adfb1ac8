"""Replay from the embedded log into base and air tables: readings a second, beside the plain way, and memory."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from deploy.bench.plain import replay_plainly
from deploy.bench.readings import FACTORS, write_log
from eventlog.embedded import EmbeddedLog
from projections import replay
from projections.database import Limits

READINGS = 2_000_000
PLAIN_READINGS = 60_000  # the plain way's rate does not depend on the number; more of it only takes longer
MEMORY_READINGS = (1_000_000, 10_000_000)
_AIR = ("base.observation", "base.reading", "air.hourly", "air.daily_statistic", "air.daily")


def run() -> dict[str, Any]:
    """Both ways on the same readings in turn, and the memory of ours over a tenfold log."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        _say(f"writing {READINGS:,} readings into a log")
        write_log(here / "log.sqlite", READINGS).close()
        write_log(here / "small.sqlite", PLAIN_READINGS).close()
        rates = [_rate(here / "log.sqlite", here / f"ours-{n}.duckdb", READINGS) for n in range(3)]
        plain = _plain_rate(here / "small.sqlite", here / "plain.duckdb")
        _expect_same_tables(here / "small.sqlite", here)
        ours = sorted(rate["readings_per_s"] for rate in rates)[1]
        memory = {count: _memory(here, count) for count in MEMORY_READINGS}
    return {"ours_per_s": ours, "plain_per_s": plain, "ratio": ours / plain, "memory_mb": memory}


def report(found: dict[str, Any]) -> None:
    _say(f"replay, ours    {found['ours_per_s']:>12,.0f} readings/s  (median of 3; to reach: 500,000)")
    _say(f"replay, plain   {found['plain_per_s']:>12,.0f} readings/s")
    _say(f"ratio           {found['ratio']:>12.1f}              (to reach: 10)")
    for count, megabytes in found["memory_mb"].items():
        _say(f"peak memory at {count:>12,} readings: {megabytes:,.0f} MB  (to reach: below 1,000, and flat)")


def _rate(log: Path, target: Path, readings: int) -> dict[str, float]:
    """Replay in a process of its own, as a rebuild does; its rate and its peak memory."""
    command = [sys.executable, "-m", "deploy.bench.replay", str(log), str(target), str(readings)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _one(log_path: Path, target: Path, readings: int) -> None:
    log = EmbeddedLog(log_path)
    started = time.perf_counter()
    generation = replay.build(log, target, Limits())
    seconds = time.perf_counter() - started
    counted = generation.connection.execute("SELECT count(*) FROM base.reading").fetchall()[0][0]
    if counted != readings // len(FACTORS) * len(FACTORS):
        raise SystemExit(f"{counted} of {readings} readings are in the tables")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(json.dumps({"readings_per_s": readings / seconds, "peak_mb": peak}))


def _plain_rate(log_path: Path, target: Path) -> float:
    log = EmbeddedLog(log_path)
    started = time.perf_counter()
    replay_plainly(log, target).close()
    rate = PLAIN_READINGS / (time.perf_counter() - started)
    log.close()
    return rate


def _expect_same_tables(log_path: Path, here: Path) -> None:
    """The two ways must have said the same, or they can't be compared."""
    log = EmbeddedLog(log_path)
    ours = replay.build(log, here / "ours-small.duckdb", Limits())
    plain = replay_plainly(log, here / "plain-again.duckdb")
    left, right = replay.contents(ours.connection), replay.contents(plain)
    if any(left[name] != right[name] for name in _AIR):
        raise SystemExit("the plain way's tables differ from ours")
    plain.close()
    ours.connection.close()
    log.close()


def _memory(here: Path, readings: int) -> float:
    log = here / f"memory-{readings}.sqlite"
    _say(f"writing {readings:,} readings into a log")
    write_log(log, readings).close()
    return _rate(log, here / f"memory-{readings}.duckdb", readings // len(FACTORS) * len(FACTORS))["peak_mb"]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    _one(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
