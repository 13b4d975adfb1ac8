"""A correction in the middle of four years: what recomputing just its keys takes, beside recomputing the theme."""

import multiprocessing
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.bench.readings import FACTORS, events, write_log
from eventlog.codec import Event, drafts
from eventlog.embedded import EmbeddedLog
from projections import replay
from projections.catalogue import all_keys, catalogue
from projections.database import Limits, open_generation
from projections.engine import Moved, replace_keys
from projections.incoming import chunks

HOURS = 4 * 365 * 24
CORRECTIONS = 100


def run() -> dict[str, Any]:
    """Median and p99 seconds of folding one correction, and seconds of computing all keys anew."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
            other.submit(_build, here).result()
        log = EmbeddedLog(here / "log.sqlite")
        generation = open_generation(here / "tables.duckdb", Limits())
        engine = generation.engine
        taken, keys = [], set[int]()
        for number in range(CORRECTIONS):
            log.append(drafts([_corrected(number)]))
            chunk = next(chunks(log.read(engine.offsets()), engine.offsets()))
            started = time.perf_counter()
            moved = engine.fold(chunk)
            taken.append(time.perf_counter() - started)
            keys.add(_most_keys(moved))
        started = time.perf_counter()
        for projection in catalogue().of_kind("keyed"):
            if projection.name.startswith("air."):
                generation.connection.execute(f"CREATE OR REPLACE TEMP TABLE every_key AS {all_keys(projection)}")
                replace_keys(generation.connection, projection, "every_key")
        whole = time.perf_counter() - started
        generation.connection.close()
    taken.sort()
    p99 = taken[int(CORRECTIONS * 0.99) - 1]
    return {"median_s": statistics.median(taken), "p99_s": p99, "all_s": whole, "keys": max(keys)}


def _build(here: Path) -> None:
    """The tables, by a process of its own: a server corrects what it has opened, not what it has just built."""
    log = write_log(here / "log.sqlite", HOURS * 8 * len(FACTORS), stations=8)
    generation = replay.build(log, here / "tables.duckdb", Limits())
    generation.connection.execute("CHECKPOINT")
    generation.connection.close()


def report(found: dict[str, Any]) -> None:
    print(
        f"a correction in the middle of four years of 8 stations: median {found['median_s'] * 1000:.0f} ms, p99"
        f" {found['p99_s'] * 1000:.0f} ms, {found['keys']} key a table (to reach: below 50 ms, only its keys);"
        f" all keys anew take {found['all_s'] / found['median_s']:.0f} times as long",
        flush=True,
    )


def _corrected(number: int) -> Event:
    (first,) = list(events(1))
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=HOURS // 2 + 37 * number)
    said = {"site_id": f"bench-{number % 8:03}", "subject": f"bench-{number % 8:03}", "observed_at": at}
    event_id = f"00000000-0000-4000-8000-{number:012}"
    return Event(first.type, {**first.fields, **said, "event_id": event_id, "statement": 2, "recorded_at": at})


def _most_keys(moved: Moved) -> int:
    return max(moved.tables.values())
