"""Questions as of a moment: what they may cost, and for how long an answer's past holds."""

from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from eventlog.codec import drafts
from projections import past
from projections.past import Pasts, Scope, tables_read
from running.platform import Platform
from tests.conftest import Ask
from tests.factories import NOON, observation

HOUR = timedelta(hours=1)
ASKED = """query($asOf: DateTime) { airHours(siteId: "1803A", since: "2022-01-03T00:00:00Z",
  until: "2022-01-05T00:00:00Z", asOf: $asOf) { pm25UgM3 } }"""
LATER = (NOON + timedelta(days=1)).isoformat()


def said(platform: Platform, site_id: str = "1803A", **changed: Any) -> None:
    offsets = platform.log.append(drafts([observation(site_id, NOON, **changed)]))
    assert platform.follower.wait_for(offsets, 30)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moments of pasts that are made, one behind the other."""
    moments, make = list[datetime](), Pasts._filled

    def noted(self: Pasts, live: Any, key: Any, *rest: Any) -> duckdb.DuckDBPyConnection | None:
        moments.append(key.moment)
        return make(self, live, key, *rest)

    monkeypatch.setattr(Pasts, "_filled", noted)
    return moments


def test_a_past_is_made_once_whatever_is_recorded_behind_it(
    ask: Ask, platform: Platform, made: list[datetime]
) -> None:
    said(platform)
    first = ask(ASKED, asOf=LATER)
    said(platform, statement=2, readings={"PM2.5": 99.0}, recorded_at=NOON + timedelta(days=2))
    assert ask(ASKED, asOf=LATER) == first == {"airHours": {"pm25UgM3": [40.0]}}
    assert len(made) == 1


def test_a_past_moves_with_what_says_that_it_was_recorded_before(
    ask: Ask, platform: Platform, made: list[datetime]
) -> None:
    said(platform)
    ask(ASKED, asOf=LATER)
    said(platform, statement=2, readings={"PM2.5": 99.0}, recorded_at=NOON + 2 * HOUR)
    assert ask(ASKED, asOf=LATER) == {"airHours": {"pm25UgM3": [99.0]}}
    assert len(made) == 2


def test_a_past_of_too_much_is_refused_saying_what_to_narrow(
    ask: Ask, server: TestClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(platform)
    said(platform, "1804A")
    monkeypatch.setattr(past, "MOST_ROWS", 8)  # an hour of a station is seven: a statement and its six readings
    said_of_all = server.post(
        "/graphql", json={"query": f'{{ airNow(asOf: "{LATER}") {{ nodes {{ aqi }} }} }}'}
    ).json()
    (error,) = said_of_all["errors"]
    assert error["extensions"]["code"] == "TOO_MUCH_OF_THE_PAST"
    assert "one site" in error["extensions"]["remedy"]
    assert ask(ASKED, asOf=LATER) == {"airHours": {"pm25UgM3": [40.0]}}


def test_whoever_waits_too_long_for_a_past_is_told_when_to_ask_again(
    server: TestClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(platform)
    monkeypatch.setattr(past, "_PATIENCE_S", 0.0)
    for _ in range(past._MADE_AT_ONCE):
        platform.pasts._making.acquire()
    (error,) = server.post("/graphql", json={"query": ASKED, "variables": {"asOf": LATER}}).json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["retryAfterS"]) == ("UNAVAILABLE", 10)


def test_pasts_that_are_kept_are_few_and_do_not_see_each_other(platform: Platform) -> None:
    said(platform)
    count = "SELECT count(*) FROM base.reading"
    with platform.database.read() as snapshot:
        for minute in range(2 * past._KEPT):
            moment = NOON.replace(tzinfo=None) + timedelta(minutes=57 + minute)
            with platform.pasts.at(snapshot.connection, moment, ["base.reading"], Scope()) as found:
                assert found.connection.execute(count).fetchall() == [(6 if minute >= 4 else 0,)]
    assert sum(map(len, platform.pasts._kept.values())) == past._KEPT


def test_the_tables_of_a_question_are_those_that_its_sql_names() -> None:
    sql = """WITH q AS (FROM base.reading) SELECT local_day($x), (SELECT max(a) FROM enforcement."case") FROM q
      JOIN air.hourly USING (a) WHERE b IN (SELECT c FROM water.connection) UNION ALL FROM base.site"""
    named = {"base.reading", "enforcement.case", "air.hourly", "water.connection", "base.site"}
    assert tables_read(sql) == named
