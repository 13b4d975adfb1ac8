"""Writes a log of made-up hourly readings for benchmarks: a hundred stations, six pollutants, hour after hour.

As in real series, an hour is near the one before it: values that leap about are what checks look for.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from eventlog.codec import Event, encode
from eventlog.embedded import EmbeddedLog
from eventlog.log import Draft
from schemas.ids import registry

EVENT = "air.observation_recorded"
FACTORS = ["CO", "NO2", "O3", "PM10", "PM2.5", "SO2"]
STATIONS = 100
_FIRST_HOUR_US = 1_577_808_000_000_000  # 2020-01-01T00:00 in Xunyang
_HOUR_US = 3_600_000_000
_BATCH = 4000
_USUAL = (0.8, 40.0, 60.0, 80.0, 45.0, 10.0)
_STEP = (0.2, 8.0, 12.0, 14.0, 8.0, 3.0)


def write_log(path: Path, readings: int, stations: int = STATIONS) -> EmbeddedLog:
    """A log with so many readings, six an event, in order of time; the same for the same numbers."""
    log, schema_id = EmbeddedLog(path), registry().newest(EVENT).id
    waiting: list[bytes] = []
    for event in events(readings // len(FACTORS), stations):
        waiting.append(encode(event))
        if len(waiting) == _BATCH:
            log.append([Draft("env1357.air", schema_id, [""] * _BATCH, waiting)])
            waiting = []
    if waiting:
        log.append([Draft("env1357.air", schema_id, [""] * len(waiting), waiting)])
    return log


def events(count: int, stations: int = STATIONS) -> Iterator[Event]:
    """So many hourly observations."""
    chance, levels = random.Random(1357), [tuple[float, ...](_USUAL)] * STATIONS
    for number in range(count):
        hour, station = divmod(number, stations)
        observed_at, site = _FIRST_HOUR_US + hour * _HOUR_US, f"bench-{station:03}"
        levels[station] = _next(levels[station], chance)
        yield Event(
            EVENT,
            {
                "event_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
                "subject": site,
                "occurred_at": observed_at + _HOUR_US,
                "recorded_at": observed_at + _HOUR_US + 60_000_000,
                "source": "benchmark",
                "previous": None,
                "site_id": site,
                "period": "HOUR",
                "observed_at": observed_at,
                "statement": 1,
                "factors": FACTORS,
                "values": [
                    round(level, 1 if factor == "CO" else 0)
                    for factor, level in zip(FACTORS, levels[station], strict=True)
                ],
                "marks": [""] * len(FACTORS),
                "reviewed": False,
            },
        )


def _next(levels: Sequence[float], chance: random.Random) -> tuple[float, ...]:
    """The levels an hour later: drawn to the usual ones, and a step up or down."""
    return tuple(
        max(0.0, level + (usual - level) / 10 + chance.uniform(-step, step))
        for level, usual, step in zip(levels, _USUAL, _STEP, strict=True)
    )
