"""What can't be computed is shown wherever one looks: readiness, metrics, answers, and `verify`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from env1357.main import app
from eventlog.codec import Event, drafts
from projections.database import Limits
from running.operations import OPERATIONS
from running.platform import Platform, open_platform, silent
from services.quality.commands import DismissSubmission
from tests.conftest import Ask
from tests.factories import observation, section
from tests.journeys.steps import fold
from tests.projections.test_aside import NARROW, WIDE

POISON = [section(), observation("hedong-intake", readings={"TP": 1e6}, subsystem="water"), observation()]


@pytest.fixture
def data(data: Path) -> Path:
    """Tables in which a water reading of a million can't be computed with."""
    with duckdb.connect(str(data / "projections.duckdb")) as connection:
        connection.execute(NARROW)
    return data


def told(platform: Platform, events: list[Event]) -> None:
    platform.log.append(drafts(events))
    fold(platform)


def test_a_table_that_is_set_aside_is_shown_and_all_else_answers(
    platform: Platform, server: TestClient, ask: Ask
) -> None:
    told(platform, POISON)
    ready = server.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    (trouble,) = ready.json()["troubles"]
    assert trouble["part"] == "table water.sampling"
    assert "Overflow" in trouble["message"]
    assert "water.assessment" in trouble["message"]
    assert 'env1357_set_aside_rows{table="water.sampling"} 1.0' in server.get("/metrics").text
    (said,) = ask("{ setAside { table rows error following } }")["setAside"]
    assert (said["table"], said["rows"]) == ("water.sampling", 1)
    assert "water.evaluation" in said["following"]


def test_answers_say_what_they_lack(platform: Platform, server: TestClient) -> None:
    told(platform, POISON)
    rates = '{ sourceRates(since: "2022-01-01", until: "2022-12-31") { nodes { share } } }'
    lacking, whole = (
        server.post("/graphql", json={"query": query}).json()["extensions"]
        for query in (rates, "{ airNow { nodes { siteId } } }")
    )
    assert [each["table"] for each in lacking["setAside"]] == ["water.sampling"]
    assert "setAside" not in whole


def test_all_is_well_again_when_the_cause_is_gone(platform: Platform, server: TestClient) -> None:
    told(platform, POISON)
    with platform.follower.paused():
        platform.database.writer.execute(WIDE)
    told(platform, [observation("hedong-intake", readings={"TP": 0.2}, subsystem="water", statement=2)])
    assert server.get("/readyz").json()["troubles"] == []


def test_verify_never_says_all_equal_of_tables_that_lack_something(
    data: Path, clock: Callable[[], datetime]
) -> None:
    with open_platform(data, Limits(threads=1), clock) as platform:
        told(platform, [*POISON, Event(observation().type, {**observation().fields, "event_id": "nobody"})])
        report = OPERATIONS["verify"](platform, {}, silent)
    assert report["unreadable"] == 1
    assert [each["table"] for each in report["set_aside"]] == ["water.sampling"]
    said = CliRunner().invoke(app, ["verify", "--data", str(data)])
    assert said.exit_code == 1
    assert "set aside in water.sampling: 1 of its rows" in said.output
    assert "1 events of the log are in no table" in said.output
    assert "all equal" not in said.output


def test_an_event_that_no_table_takes_is_shown_until_somebody_has_looked_after_it(
    platform: Platform, server: TestClient
) -> None:
    told(platform, [observation(observed_at=datetime(1800, 1, 1, tzinfo=UTC)), observation()])
    (trouble,) = server.get("/readyz").json()["troubles"]
    assert (trouble["part"], trouble["stops"]) == ("events", False)
    with platform.database.read() as snapshot:
        ((submission_id,),) = snapshot.connection.execute("SELECT submission_id FROM ops.quarantine").fetchall()
    platform.handler.handle(DismissSubmission(source="test", submission_id=submission_id, reason="a clock"))
    assert server.get("/readyz").json()["troubles"] == []
