"""A process that is killed at any moment loses nothing that it acknowledged, and doubles nothing."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eventlog.log import Chained
from projections import replay
from projections.database import Limits
from running.platform import open_platform

_WORKER = """
import random, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from running.platform import open_platform
from projections.database import Limits
from services.enforcement.commands import RegisterEnterprise
from ingest.observations import Observation
from ingest.quarantine import Submission
from services.load import load

chance = random.Random(int(sys.argv[2]))
with open_platform(Path(sys.argv[1]), Limits(threads=1)) as platform:
    load(Path(sys.argv[3]), platform.handler, lambda done, total: None)
    print("ready", flush=True)
    while True:
        hour = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(2000))
        readings = {"PM2.5": (float(chance.randrange(200)), ""), "PM10": (float(chance.randrange(200)), "")}
        said = Observation(chance.choice(["1803A", "1804A"]), "HOUR", hour, readings, "crash-test")
        platform.observations.take([(said, Submission("test", "worker", b""))], "crash-test")
        print("observed", said.site_id, hour.isoformat(), readings["PM2.5"][0], flush=True)
        if chance.random() < 0.2:
            number = f"E{chance.randrange(10**9)}"
            platform.handler.handle(RegisterEnterprise(site_id=number, name_zh="甲", name_en="A", industry="x",
                                                       position_source="test", source="crash-test"))
            print("registered", number, flush=True)
"""


def _work_until_killed(data: Path, district: Path, seed: int) -> list[list[str]]:
    """Run a worker, kill it with SIGKILL after a random while, and return what it had acknowledged."""
    command = [sys.executable, "-c", _WORKER, str(data), str(seed), str(district)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        time.sleep(random.Random(seed).uniform(0.1, 1.2))
        worker.kill()
        lines = worker.stdout.read().splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


@pytest.mark.slow
def test_what_was_acknowledged_is_there_once_after_any_kill(tmp_path: Path) -> None:
    district = Path(__file__).parents[2] / "deploy" / "districts" / "xunyang"
    acknowledged = [line for seed in range(6) for line in _work_until_killed(tmp_path, district, seed)]
    assert len(acknowledged) > 20
    with open_platform(tmp_path, Limits(threads=1)) as platform:
        assert platform.follower.wait_for(platform.log.ends(), 60)
        assert isinstance(platform.log, Chained)
        assert list(platform.log.check())
        with platform.database.read() as snapshot:
            said = snapshot.connection.execute(
                "SELECT site_id, strftime(observed_at, '%Y-%m-%dT%H:%M:%S+00:00'), value, count(*)"
                " FROM base.reading WHERE factor = 'PM2.5' GROUP BY ALL"
            ).fetchall()
            sites = {row[0] for row in snapshot.connection.execute("SELECT site_id FROM base.site").fetchall()}
        values = {(site, at, value) for site, at, value, _ in said}
        for kind, *words in acknowledged:
            if kind == "observed":
                assert (words[0], words[1], float(words[2])) in values
            else:
                assert words[0] in sites
        assert [table for table in replay.compare(platform.log, platform.database) if not table.equal] == []
