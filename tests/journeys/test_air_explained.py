"""Air: a figure says what it was made of; months, years, areas, roses and progress follow from the same hours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from env1357.serving import play_demo
from running.platform import Platform, silent
from tests.conftest import Ask
from tests.journeys.steps import command, fold

EXPLAIN = """query($asOf: DateTime) { airExplain(siteId: "1803A", observedAt: "2022-01-03T04:00:00Z", asOf: $asOf) {
  edition aqi primaryPollutants missing items { factor concentration low high lowIaqi highIaqi iaqi }
  statements { factor value mark source setAside used } } }"""
SIX = {"SO2": 10, "NO2": 40, "CO": 0.8, "O3": 60, "PM10": 80, "PM2.5": 89}


def record(ask: Ask, at: str, readings: dict[str, Any], mark: str = "") -> None:
    said = [{"factor": f, "value": v, "mark": mark if f == "PM2.5" else ""} for f, v in readings.items()]
    given = [{"siteId": "1803A", "period": "HOUR", "observedAt": at, "readings": said, "source": "test"}]
    ask("mutation($i: [ObservationInput!]!) { recordObservations(input: $i) { accepted } }", i=given)


@pytest.fixture
def station(ask: Ask) -> None:
    place = {
        "siteId": "1803A",
        "nameZh": "十里",
        "nameEn": "Shili",
        "positionSource": "test",
        "network": "NATIONAL",
    }
    assert command(ask, "registerStation", **place)["eventIds"]


@pytest.mark.usefixtures("station")
def test_an_hour_explains_itself(platform: Platform, ask: Ask) -> None:
    record(ask, "2022-01-03T04:00:00Z", {**SIX, "PM2.5": 500}, mark="D")
    fold(platform)
    found = ask(EXPLAIN)["airExplain"]
    assert (found["aqi"], found["missing"]) == (None, ["PM2.5"])
    record(ask, "2022-01-03T04:00:00Z", SIX)
    fold(platform)
    found = ask(EXPLAIN)["airExplain"]
    assert (found["edition"], found["aqi"], found["primaryPollutants"]) == ("HJ 633-2012", 118, ["PM2.5"])
    assert found["items"][4] == {
        "factor": "PM2.5", "concentration": 89.0, "low": 75.0, "high": 115.0, "lowIaqi": 100, "highIaqi": 150,
        "iaqi": 118,
    }  # fmt: skip
    said = [
        (s["value"], s["mark"], s["setAside"], s["used"]) for s in found["statements"] if s["factor"] == "PM2.5"
    ]
    assert said == [(500.0, "D", "marked D", False), (89.0, "", None, True)]


@pytest.mark.usefixtures("station")
def test_a_day_explains_itself(platform: Platform, ask: Ask) -> None:
    for hour in range(19):
        record(ask, (datetime(2022, 1, 2, 16, tzinfo=UTC) + timedelta(hours=hour)).isoformat(), SIX)
    fold(platform)
    asked = """{ airDayExplain(siteId: "1803A", day: "2022-01-03") {
      aqi missing items { factor statistic parts needed concentration iaqi } } }"""
    found = ask(asked)["airDayExplain"]
    assert (found["aqi"], found["missing"]) == (None, ["CO", "NO2", "O3", "PM10", "PM2.5", "SO2"])
    pm25 = next(item for item in found["items"] if item["factor"] == "PM2.5")
    assert (pm25["parts"], pm25["needed"], pm25["concentration"]) == (19, 20, None)
    assert all((item["iaqi"] is None) == (item["concentration"] is None) for item in found["items"])


@pytest.mark.usefixtures("station")
def test_an_item_without_a_value_has_no_iaqi_and_clauses_are_words(ask: Ask, platform: Platform) -> None:
    record(ask, "2022-01-03T04:00:00Z", {"PM2.5": 40.0})
    fold(platform)
    found = ask("""{ airExplain(siteId: "1803A", observedAt: "2022-01-03T04:00:00Z") {
      missing items { factor iaqi clause } } }""")["airExplain"]
    items = {item["factor"]: (item["iaqi"], item["clause"]) for item in found["items"]}
    assert items.pop("PM2.5") == (57, "5.1.3")  # 50 + 50 * (40 - 35) / (75 - 35) = 56.25, and up
    assert set(items.values()) == {(None, "5.1.3")}


def test_nothing_said_explains_nothing(ask: Ask) -> None:
    assert ask(EXPLAIN)["airExplain"] is None


@pytest.mark.slow
def test_the_demo_evaluates_the_district_and_draws_its_roses(platform: Platform, ask: Ask) -> None:
    play_demo(platform, 1357, silent)
    fold(platform)
    found = ask(
        """{ airAreas { nodes { areaId siteIds } }
        airEvaluations(scopeId: "xunyang", period: YEAR) {
          startsOn days validDays goodDays valid simulated items { factor days mean } }
        indicatorProgress { nodes { indicatorId year value targetValue valid fulfilled } }
        airRolling(siteId: "1805A", since: "2022-01-03T14:00:00Z", until: "2022-01-03T16:00:00Z") {
          pm2524hUgM3 }
        airRose(siteId: "xunyang-air-penpu", pollutant: PM25, since: "2022-01-01T00:00:00Z",
                until: "2022-02-01T00:00:00Z") { simulated calmHours sectors { directionDeg hours share mean } }
        airDiurnal(siteId: "1805A", pollutant: O3, since: "2022-01-01T00:00:00Z", until: "2022-02-01T00:00:00Z") {
          key hours mean }
        airRelation(siteId: "1805A", since: "2022-01-01T00:00:00Z", until: "2022-02-01T00:00:00Z") {
          days daysOf suffices correlation slope simulated } }"""
    )
    assert {"areaId": "xunyang", "siteIds": ["1805A", "1809A"]} in found["airAreas"]["nodes"]
    (year,) = found["airEvaluations"]
    assert (year["startsOn"], year["goodDays"], year["valid"], year["simulated"]) == ("2022-01-01", 0, False, False)
    assert [item["factor"] for item in year["items"]] == ["CO", "NO2", "O3", "PM10", "PM2.5", "SO2"]
    progress = {row["indicatorId"]: (row["valid"], row["fulfilled"]) for row in found["indicatorProgress"]["nodes"]}
    assert (progress["1"], progress["2"]) == ((False, None), (False, None))
    assert found["airRose"]["simulated"]
    assert sum(s["hours"] for s in found["airRose"]["sectors"]) + found["airRose"]["calmHours"] == 48
    assert found["airDiurnal"]["key"] == list(range(24))
    relation = found["airRelation"]
    assert (relation["days"], relation["daysOf"], relation["suffices"], relation["simulated"]) == (
        2,
        31,
        False,
        False,
    )
    assert (relation["correlation"], relation["slope"]) == (None, None)  # two days say nothing of a relation
