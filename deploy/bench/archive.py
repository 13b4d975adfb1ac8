"""What archiving gives back: size of tables and memory before and after, of readings that devices state by minutes.

python -m deploy.bench.archive --readings 2000000
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import duckdb

from eventlog.codec import Event, drafts
from projections.database import Limits
from running.archive import archive
from running.operations import OPERATIONS
from running.platform import DATABASE_FILE, open_platform, silent
from running.sizes import size_of

_FACTORS = (
    "SO2_stack",
    "NOx_stack",
    "PM_stack",
    "O2",
    "temperature",
    "humidity",
    "NO2",
    "PM2.5",
    "PM10",
    "CO",
)
_DEVICES, _TOGETHER = 200, 2000
_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)


def main() -> int:
    """Print sizes and times, of the tables with all readings, after they left, and built anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=2_000_000)
    wanted = parser.parse_args().readings
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with open_platform(data, Limits()):
            pass
        _told("empty", data)
        with open_platform(data, Limits()) as platform:
            stated = _statements()
            for _ in range(wanted // len(_FACTORS) // _TOGETHER):
                platform.log.append(drafts(list(islice(stated, _TOGETHER))))
            platform.follower.wait_for(platform.log.ends(), 3600)
        before = _told("with all readings", data)
        with open_platform(data, Limits()) as platform:
            started = time.monotonic()
            done = archive(platform, _BEGAN.date() + timedelta(days=10_000), lambda *_: None)
            took = time.monotonic() - started
        print(f"archived {sum(each.readings for each in done)} readings in {len(done)} files, {took:.1f} s")
        files = sum(path.stat().st_size for path in (data / "archive").rglob("*.parquet"))
        _told("after they left", data)
        with open_platform(data, Limits()) as platform:
            OPERATIONS["replay"](platform, {}, silent)
        after = _told("built anew", data)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        share = after / before
        print(f"archive {files / 1e6:.1f} MB, peak {peak:.0f} MB; of the tables {share:.2f} are used")
    return 0


def _statements() -> Iterator[Event]:
    chance = random.Random(1357)
    number = 0
    while True:
        minute, device = divmod(number, _DEVICES)
        at = _BEGAN + timedelta(minutes=minute)
        values = [round(chance.uniform(1, 90), 2) for _ in _FACTORS]
        named = {"subject": f"device-{device:03}", "site_id": f"device-{device:03}", "previous": None}
        times = {"observed_at": at, "occurred_at": at, "recorded_at": at + timedelta(minutes=1)}
        said = {"event_id": _identity(chance), "source": "bench", "period": "MINUTE", "statement": 1}
        lists = {"factors": list(_FACTORS), "values": values, "marks": [""] * len(_FACTORS)}
        yield Event("air.observation_recorded", {**named, **times, **said, **lists, "reviewed": False})
        number += 1


def _identity(chance: random.Random) -> str:
    text = f"{chance.getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _told(what: str, data: Path) -> int:
    with duckdb.connect(str((data / DATABASE_FILE).resolve()), read_only=True) as connection:
        counted = connection.execute(
            "SELECT (SELECT count(*) FROM base.reading), (SELECT count(*) FROM base.observation)"
        ).fetchall()[0]
        ((block, used),) = connection.execute(
            "SELECT block_size, used_blocks FROM pragma_database_size()"
        ).fetchall()
    size, used = size_of(data / DATABASE_FILE), block * used
    print(
        f"{what}: file {size / 1e6:.1f} MB, {used / 1e6:.1f} MB of it used, {counted[0]} readings,"
        f" {counted[1]} statements"
    )
    return int(used)


if __name__ == "__main__":
    raise SystemExit(main())
