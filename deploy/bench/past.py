"""What a question as of a moment costs beside the same asked now, by readings: `python -m deploy.bench.past`."""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from projections.database import Generation, Limits, open_generation
from projections.past import Pasts, Scope, TooMuchPast

SIZES = (1_000_000, 10_000_000)
_SITES = 20
_START = datetime(2020, 1, 1)  # noqa: DTZ001  as the tables have times
_OBSERVATIONS = """
INSERT INTO base.observation BY NAME
SELECT uuid() AS event_id, 's' || s AS site_id, 'HOUR' AS period, ? + to_hours(h) AS observed_at,
  ? + to_hours(h + 1) AS occurred_at, ? + to_hours(h + 1) AS recorded_at, 'bench' AS source, 1 AS statement,
  false AS reviewed, 'env1357.air' AS topic, 0 AS partition, h * ? + s AS log_offset
FROM range(?, ?) AS a(h), range(?) AS b(s)
"""
_READINGS = """
INSERT INTO base.reading BY NAME
SELECT 's' || s AS site_id, f AS factor, 'HOUR' AS period, ? + to_hours(h) AS observed_at,
  ? + to_hours(h + 1) AS recorded_at, (h * 7 + s) % 90 + 0.5 AS value, 'ug/m3' AS unit, '' AS mark,
  'bench' AS source, false AS reviewed, h * ? + s AS log_offset, h * ? + s AS standing
FROM range(?, ?) AS a(h), range(?) AS b(s), unnest(['SO2', 'NO2', 'CO', 'O3', 'PM10', 'PM2.5']) AS u(f)
"""
_PLACES = """
INSERT INTO base.station_registered BY NAME
SELECT uuid() AS event_id, 'station/s' || s AS subject, 's' || s AS site_id, 's' || s AS name_zh,
  's' || s AS name_en, ? AS recorded_at, ? AS occurred_at, 'bench' AS source, 1 AS sequence, s AS log_offset
FROM range(?) AS b(s)
"""


def main() -> int:
    """Print milliseconds and the process's peak memory for each number of readings."""
    with tempfile.TemporaryDirectory() as folder:
        generation, hours = open_generation(Path(folder) / "past.duckdb", Limits()), 0
        generation.connection.execute(_PLACES, [_START, _START, _SITES])
        for size in SIZES:
            until = size // 6 // _SITES
            _fill(generation, hours, until)
            hours = until
            print(f"{size:,} readings of {_SITES} stations", flush=True)
            _measure(generation, _START + timedelta(hours=hours // 2))
    return 0


def _measure(generation: Generation, moment: datetime) -> None:
    pasts, asked = (
        Pasts(),
        {
            "a week of one station": (["air.hourly"], Scope(["s1"], moment - timedelta(days=7), moment)),
            "the latest hours of all stations": (["air.hourly"], Scope(None, moment - timedelta(days=7))),
            "a year of one station": (["air.evaluation"], Scope(["s1"], moment - timedelta(days=730), moment)),
            "all there is": (["air.hourly"], Scope()),
        },
    )
    for what, (tables, scope) in asked.items():
        taken = []
        for _ in range(2):
            try:
                taken.append(_timed(lambda t=tables, s=scope: _ask(pasts, generation, moment, t, s)))  # type: ignore[misc]
            except TooMuchPast as refused:
                print(f"  {what}: {refused}")
                break
        if taken:
            print(f"  {what}: {taken[0]:.0f} ms at first, {taken[1]:.0f} ms again", flush=True)
    pasts.close()
    print(f"  peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _ask(pasts: Pasts, generation: Generation, moment: datetime, tables: list[str], scope: Scope) -> None:
    cursor = generation.connection.cursor()
    try:
        with pasts.at(cursor, moment, tables, scope) as past:
            past.connection.execute(f"SELECT count(*) FROM {tables[0]}").fetchall()
    finally:
        cursor.close()


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _fill(generation: Generation, start: int, end: int) -> None:
    generation.connection.execute(_OBSERVATIONS, [_START, _START, _START, _SITES, start, end, _SITES])
    generation.connection.execute(_READINGS, [_START, _START, _SITES, _SITES, start, end, _SITES])
    generation.connection.execute("CHECKPOINT")


if __name__ == "__main__":
    sys.exit(main())
