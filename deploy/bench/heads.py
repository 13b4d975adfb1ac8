"""What a fold and a command pay for lives and statements that are there: `python -m deploy.bench.heads`."""

import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from eventlog.codec import Event, drafts
from eventlog.log import Batch, Stream
from projections.database import Generation, Limits, open_generation
from projections.heads import Heads
from projections.incoming import chunk_of

SIZES = (100_000, 1_000_000, 10_000_000)
_AGAIN = 5
_MANY = 500
_START = datetime(2026, 1, 1, tzinfo=UTC)
_DETAILS = """
INSERT INTO base.device_detail_recorded BY NAME
SELECT uuid() AS event_id, 'device_detail/' || uuid() AS subject,
  CAST(? AS TIMESTAMP) + to_seconds(i) AS occurred_at,
  CAST(? AS TIMESTAMP) + to_seconds(i + 60) AS recorded_at, 'bench' AS source, 'mn' || i % 200 AS mn,
  'site' || i % 200 AS site_id, i AS log_offset, 1 AS sequence
FROM range(?, ?) AS t(i)
"""
_LIVES = "INSERT INTO ops.head SELECT 'lake/' || i, uuid(), 1, i, i FROM range(?, ?) AS t(i)"


def main() -> int:
    """Print medians in milliseconds for each number of statements and of lives."""
    with tempfile.TemporaryDirectory() as folder:
        generation, size = open_generation(Path(folder) / "heads.duckdb", Limits()), 0
        for target in SIZES:
            _fill(generation, size, target)
            size = target
            print(f"{size:,} statements that stand alone and as many lives", flush=True)
            for name, ms in measured(generation, size):
                print(f"  {name}: {ms:.1f} ms", flush=True)
    return 0


def measured(generation: Generation, size: int) -> list[tuple[str, float]]:
    """What each kind of work takes, in the middle of a few."""
    known = f"lake/{size // 2}"
    return [
        (f"a fold of {_MANY} details of devices", _median(lambda n: _fold(generation, _details(size, n)))),
        ("a fold of one new life", _median(lambda n: _fold(generation, [_lake(f"new{size}-{n}")]))),
        (f"finding {_MANY} heads", _median(lambda n: _find(generation, size, n))),
        ("finding one head", _median(lambda _: generation.engine.heads.of(generation.connection, [known]))),
        ("reading all heads anew", _median(lambda _: Heads().of(generation.connection, [known]))),
    ]


def _find(generation: Generation, size: int, number: int) -> None:
    asked = [f"lake/{(i * 7919 + number) * 104729 % size}" for i in range(_MANY)]
    if len(generation.engine.heads.of(generation.connection, asked)) != len(set(asked)):
        raise AssertionError("a head was not found")


def _fill(generation: Generation, start: int, end: int) -> None:
    naive = _START.replace(tzinfo=None)
    generation.connection.execute(_DETAILS, [naive, naive, start, end])
    generation.connection.execute(_LIVES, [start, end])
    generation.connection.execute("CHECKPOINT")


def _median(work: Callable[[int], Any]) -> float:
    taken = []
    for number in range(_AGAIN):
        started = time.perf_counter()
        work(number)
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


def _fold(generation: Generation, events: list[Event]) -> None:
    before = generation.engine.offsets()
    said = []
    for draft in drafts(events):
        stream = Stream(draft.topic)
        base = before.get(stream, 0)
        said.append(Batch(stream, base, draft.schema_id, len(draft.datums), b"".join(draft.datums)))
    generation.engine.fold(chunk_of(said, before))


def _details(size: int, number: int) -> list[Event]:
    at = _START + timedelta(seconds=size + number)
    return [_event("district.device_detail_recorded", at, mn=f"mn{n}", **_SAID) for n in range(_MANY)]


_SAID = {"site_id": "site", "cn": "2051", "st": "31", "data_at": None, "names": ["a34013-Min"], "texts": ["1.5"]}


def _lake(site_id: str) -> Event:
    named = {"site_id": site_id, "name_zh": site_id, "name_en": site_id, "lon": 116.0, "lat": 29.7}
    place = {**named, "position_quality": "SURVEYED", "position_source": "bench"}
    empty = dict.fromkeys(("area_ha", "depth_m", "flood_depth_m", "mean_level_m", "target_class", "remark"))
    event = _event("water.lake_registered", _START, **place, **empty)
    return Event(event.type, {**event.fields, "subject": f"lake/{site_id}"})


def _event(name: str, at: datetime, **fields: Any) -> Event:
    event_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name}{at}{fields}"))
    envelope = {
        "event_id": event_id,
        "subject": f"device_detail/{event_id}",
        "occurred_at": at,
        "recorded_at": at + timedelta(minutes=1),
        "source": "bench",
        "previous": None,
    }
    return Event(name, {**envelope, **fields})


if __name__ == "__main__":
    sys.exit(main())
