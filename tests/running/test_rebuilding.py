"""The platform while its tables are built anew: health, old tables and intake are there, decisions wait."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from eventlog.codec import Event, drafts
from eventlog.embedded import EmbeddedLog
from eventlog.log import Draft, LogUnavailable
from gateway.app import build_app
from gateway.metrics import exposition
from ingest.observations import Observation, Taken
from ingest.quarantine import Submission
from projections import replay
from projections.database import DatabaseUnavailable, Limits
from running.platform import LOG_FILE, Platform, open_platform
from services.air.commands import RegisterStation
from tests.factories import NOON, hours, observation
from tests.hj212.devices import connected, listener, register, said
from tests.waiting import eventually

ONE = Limits(threads=1)
STATION = RegisterStation(
    source="test", site_id="1803A", name_zh="x", name_en="x", position_source="t", network="NATIONAL"
)


class Held:
    """Rebuilds that begin when they are let."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        sound = replay.rebuild

        def wait(*arguments: Any) -> None:
            assert self.go.wait(60)
            sound(*arguments)

        monkeypatch.setattr("running.platform.rebuild", wait)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(monkeypatch)


@contextmanager
def rising(data: Path, held: Held) -> Iterator[Platform]:
    """A platform whose tables are being built under the body."""
    with open_platform(data, ONE, background=True) as platform:
        try:
            assert platform.database.due
            yield platform
        finally:
            held.go.set()


def outdate(data: Path) -> None:
    """Make the tables another version's, which has no tables of the air."""
    with duckdb.connect(str((data / "projections.duckdb").resolve())) as connection:
        connection.execute("UPDATE ops.built_by SET fingerprint = 'older'")
        connection.execute("DROP SCHEMA air CASCADE")


def state(platform: Platform, value: float) -> Taken:
    said = Observation("1803A", "HOUR", NOON, {"PM2.5": (value, "")}, "test")
    return platform.observations.take([(said, Submission("test", "test", b""))], "test")


def statements(platform: Platform) -> Sequence[tuple[Any, ...]]:
    with platform.database.read() as snapshot:
        same = "site_id, observed_at, log_offset"
        sql = f"SELECT statement, value FROM base.observation JOIN base.reading USING ({same}) ORDER BY ALL"
        return snapshot.connection.execute(sql).fetchall()


def folded(platform: Platform, held: Held) -> None:
    held.go.set()
    eventually(lambda: platform.database.due is None, 60)
    assert platform.follower.wait_for(platform.log.ends(), 60)


def registered(data: Path) -> None:
    with open_platform(data, ONE) as platform:
        platform.handler.handle(STATION)
        assert platform.follower.wait_for(state(platform, 10).offsets, 30)


def readiness(platform: Platform, tmp_path: Path) -> tuple[int, Any]:
    with TestClient(build_app(platform, "key", tmp_path, {})) as client:
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    return answer.status_code, answer.json()


def test_tables_of_another_version_are_read_and_readings_taken_while_they_are_built(data: Path, held: Held) -> None:
    registered(data)
    outdate(data)
    with rising(data, held) as platform:
        assert statements(platform) == [(1, 10)]
        assert state(platform, 10).repeated == 1
        assert [state(platform, value).restated for value in (20, 30)] == [1, 1]
        assert statements(platform) == [(1, 10)]
        code, said = readiness(platform, data)
        assert (code, said["status"], [t["part"] for t in said["troubles"]]) == (200, "degraded", ["tables"])
        folded(platform, held)
        assert statements(platform) == [(1, 10), (2, 20), (3, 30)]
        assert platform.health.troubles() == []


def test_metrics_say_how_far_a_rebuild_is(data: Path, held: Held) -> None:
    registered(data)
    outdate(data)
    with rising(data, held) as platform:
        assert "env1357_rebuild_under_way 1.0" in exposition(platform).decode()
        folded(platform, held)
        said, events = exposition(platform).decode(), float(sum(platform.log.ends().values()))
        assert "env1357_rebuild_under_way 0.0" in said
        assert f"env1357_rebuild_folded_events {events}" in said
        assert f"env1357_rebuild_events {events}" in said


def test_a_question_that_old_tables_can_not_answer_names_the_rebuild(data: Path, held: Held) -> None:
    registered(data)
    outdate(data)
    with rising(data, held) as platform:
        told = pytest.raises(DatabaseUnavailable, match=r"another version.* are being built anew")
        with told, platform.database.read() as snapshot:
            snapshot.connection.execute("FROM air.hourly")
        with TestClient(build_app(platform, "key", data, {})) as client:
            asked = {"query": "{ airNow { nodes { siteId } } }"}
            errors = client.post("/graphql", json=asked).json()["errors"]
        assert errors[0]["extensions"]["code"] == "UNAVAILABLE"


def test_nothing_is_decided_by_tables_that_stand_still(data: Path, held: Held) -> None:
    registered(data)
    outdate(data)
    with rising(data, held) as platform:
        before = platform.log.ends()
        with pytest.raises(DatabaseUnavailable, match="nothing can be decided"):
            platform.handler.handle(STATION)
        assert platform.log.ends() == before
        folded(platform, held)
        assert platform.handler.handle(STATION).event_ids == []


def test_where_no_tables_stand_nothing_is_judged_by_their_absence(data: Path, held: Held, tmp_path: Path) -> None:
    registered(data)
    with closing(EmbeddedLog(data / LOG_FILE)) as log:
        log.append(drafts([observation(site, hour) for site in ("a", "b") for hour in hours(NOON, 700)]))
    for path in data.glob("projections*"):
        path.unlink()
    with rising(data, held) as platform:
        for question in (lambda: statements(platform), lambda: platform.handler.handle(STATION)):
            with pytest.raises(DatabaseUnavailable, match="no tables yet"):
                question()
        with pytest.raises(LogUnavailable):
            state(platform, 20)
        assert readiness(platform, tmp_path)[0] == 503
        folded(platform, held)
        assert state(platform, 20).restated == 1


def behind(data: Path, *events: Event) -> None:
    """Have events in the log that no table knows, as a kill leaves them."""
    with closing(EmbeddedLog(data / LOG_FILE)) as log:
        log.append(drafts(events))


def test_a_statement_that_no_table_knows_yet_is_counted_on(data: Path, held: Held) -> None:
    registered(data)
    behind(data, observation(statement=2, readings={"PM2.5": 20.0}))
    outdate(data)
    with rising(data, held) as platform:
        assert state(platform, 30).restated == 1
        folded(platform, held)
        assert statements(platform) == [(1, 10), (2, 20), (3, 30)]


def test_what_the_register_may_have_gained_is_waited_for(tmp_path: Path, data: Path, held: Held) -> None:
    with open_platform(tmp_path / "other", ONE) as other:
        other.handler.handle(STATION)
        batches = list(other.log.read({}))
    registered(data)
    with closing(EmbeddedLog(data / LOG_FILE)) as log:
        log.append([Draft(b.stream.topic, b.schema_id, [""] * b.count, [b.datums]) for b in batches])
    outdate(data)
    with rising(data, held) as platform:
        with pytest.raises(LogUnavailable, match="behind what the log held"):
            state(platform, 30)
        folded(platform, held)
        assert state(platform, 30).restated == 1


def test_a_device_waits_until_its_register_stands_and_is_then_answered(data: Path, held: Held) -> None:
    with open_platform(data, ONE) as platform:
        register(platform)
        platform.log.append(drafts([observation(site, hour) for site in ("a", "b") for hour in hours(NOON, 700)]))
    for path in data.glob("projections*"):
        path.unlink()
    with rising(data, held) as platform, listener(platform) as (_, port), connected(port) as device:
        device.sendall(said())
        device.settimeout(0.5)
        with pytest.raises(socket.timeout):
            device.recv(1000)
        assert "devices wait" in "".join(trouble.message for trouble in platform.health.troubles())
        held.go.set()
        device.settimeout(60)
        assert b"CN=9014" in device.recv(1000)


def test_devices_are_answered_from_old_tables(data: Path, held: Held) -> None:
    with open_platform(data, ONE) as platform:
        register(platform)
    outdate(data)
    with rising(data, held) as platform, listener(platform) as (_, port), connected(port) as device:
        device.sendall(said())
        assert b"CN=9014" in device.recv(1000)
        assert platform.database.due
