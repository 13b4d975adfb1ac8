"""What reads only the days, months and times that are asked for says the same as what looks at all of history."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event
from gateway.graphql.allowance import OperationLimits
from gateway.graphql.context import Context, open_desk
from gateway.graphql.schema import build_schema
from projections.database import Snapshot
from projections.heads import Heads
from running.platform import Platform
from tests.factories import NOON, SIX, Tables, hours, lake, observation, place

FIRST = date(2020, 12, 1)
MIDNIGHT = NOON - timedelta(hours=12)  # in Xunyang
CLEAR = {"chla": 10.0, "TP": 0.05, "TN": 1.0, "SD": 1.0, "CODMn": 4.0}
GREEN = {"chla": 30.0, "TP": 0.12, "TN": 2.0, "SD": 0.6, "CODMn": 6.0}
STATION: dict[str, Any] = {"network": "DISTRICT", "operator": None, "subdistrict_id": None, "factors": []}

days_heard = st.lists(st.integers(0, 500), min_size=1, max_size=6, unique=True)
windows = st.tuples(st.integers(-40, 520), st.integers(0, 450))
unhurried = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Asked:
    """GraphQL over tables, and the same tables in SQL."""

    def __init__(self, tables: Tables, platform: Platform, patch: pytest.MonkeyPatch) -> None:
        connection: Any = tables.connection
        patch.setattr(Context, "_now", lambda _: Snapshot(connection, {}, Heads()))
        self.tables, self.platform, self.schema = tables, platform, build_schema()

    def ask(self, question: str) -> list[list[Any]]:
        """The rows of the only list that a question asks for."""
        desk = open_desk(self.platform, OperationLimits())
        answer = self.schema.execute_sync(question, context_value=Context(desk))
        desk.crews.close()
        assert not answer.errors
        assert answer.data
        (rows,) = answer.data.values()
        found = rows["nodes"] if isinstance(rows, dict) else rows
        return [list(row.values()) for row in found]


@pytest.fixture
def asked(tables: Tables, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(tables, platform, monkeypatch)


def on(day: int) -> Any:
    return MIDNIGHT - timedelta(days=(MIDNIGHT + timedelta(hours=8)).date().toordinal() - FIRST.toordinal() - day)


def stated(site_id: str, days: list[int], source: str, count: int) -> list[Event]:
    return [observation(site_id, at, SIX, source=source) for day in days for at in hours(on(day), count)]


def station(site_id: str) -> Event:
    return place("air.station_registered", "station", site_id, **STATION)


@pytest.mark.parametrize("site", [None, "a"])
@pytest.mark.parametrize("by_source", [False, True])
@given(heard=days_heard, later=days_heard, window=windows)
@unhurried
def test_transmission_of_days(
    asked: Asked, site: str | None, by_source: bool, heard: list[int], later: list[int], window: tuple[int, int]
) -> None:
    asked.tables.given(station("a"), station("b"), *stated("a", heard, "one", 3), *stated("b", heard, "one", 2))
    asked.tables.given(*stated("a", later, "two", 2))
    since = FIRST + timedelta(days=window[0])
    until = since + timedelta(days=window[1])
    where = f'{{ transmission(since: "{since}", until: "{until}", bySource: {str(by_source).lower()}'
    of = f', siteId: "{site}"' if site else ""
    fields = "siteId source day expectedPeriods statedPeriods readings validReadings offlineHours"
    found = asked.ask(f"{where}{of}) {{ nodes {{ {fields} }} }} }}")
    whole = asked.tables.rows(
        "SELECT site_id, source, CAST(day AS VARCHAR), expected_periods, stated_periods, readings, valid_readings,"
        f" offline_hours FROM monitor.transmission WHERE day BETWEEN '{since}' AND '{until}'"
        f" AND site_id = coalesce({_text(site)}, site_id) AND (source IS NOT NULL) = {by_source}"
        " ORDER BY day, site_id, source"
    )
    assert found == [list(row) for row in whole]


@given(clear=days_heard, green=days_heard, window=windows)
@unhurried
def test_alarms_of_waters(asked: Asked, clear: list[int], green: list[int], window: tuple[int, int]) -> None:
    said = {**dict.fromkeys(clear, CLEAR), **dict.fromkeys(green, GREEN)}
    waters = [observation("lake", on(day), values, subsystem="water") for day, values in said.items()]
    asked.tables.given(lake("lake"), *waters)
    since = on(window[0])
    until = since + timedelta(days=window[1])
    found = asked.ask(
        f'{{ waterAlarms(since: "{_z(since)}", until: "{_z(until)}") {{ nodes {{ alarmId level }} }} }}'
    )
    whole = asked.tables.rows(
        f"SELECT alarm_id, level FROM water.alarm WHERE observed_at >= '{_naive(since)}'"
        f" AND observed_at < '{_naive(until)}' ORDER BY observed_at DESC, alarm_id"
    )
    assert found == [list(row) for row in whole]


BAD = {**SIX, "PM2.5": 260.0}


@pytest.mark.parametrize("site", [None, "lake", "a", "nowhere"])
@given(clear=days_heard, green=days_heard, heard=days_heard, bad=days_heard)
@unhurried
def test_alarms_of_a_place_are_those_of_all_places(
    asked: Asked, site: str | None, clear: list[int], green: list[int], heard: list[int], bad: list[int]
) -> None:
    said = {**dict.fromkeys(clear, CLEAR), **dict.fromkeys(green, GREEN)}
    waters = [observation("lake", on(day), values, subsystem="water") for day, values in said.items()]
    air = [observation("a", at, BAD) for day in bad for at in hours(on(day), 4)]
    asked.tables.given(lake("lake"), station("a"), station("b"), *waters, *air)
    asked.tables.given(*stated("a", sorted(set(heard) - set(bad)), "one", 3), *stated("b", heard, "one", 5))
    of = f', siteId: "{site}"' if site else ""
    found = asked.ask(f'{{ alarms(at: "2030-01-01T00:00:00Z"{of}) {{ nodes {{ alarmId kind }} }} }}')
    whole = asked.tables.rows(
        f"SELECT alarm_id, kind FROM monitor.alarm WHERE site_id = coalesce({_text(site)}, site_id)"
        " ORDER BY raised_at DESC, alarm_id"
    )
    assert found == [list(row) for row in whole]
    assert site or {kind for _, kind in found} >= {"OFFLINE", "EXCEEDANCE"}


@pytest.mark.parametrize("period", ["MONTH", "YEAR"])
@given(heard=days_heard, window=windows)
@unhurried
def test_months_and_years_of_air(asked: Asked, period: str, heard: list[int], window: tuple[int, int]) -> None:
    asked.tables.given(station("a"), *stated("a", [*heard, *(day + 365 for day in heard)], "one", 20))
    since = FIRST + timedelta(days=window[0])
    until = since + timedelta(days=window[1])
    given_ = f'scopeId: "a", period: {period}, since: "{since}", until: "{until}"'
    fields = "startsOn days validDays goodDays compositeIndex pm25Mean goodShareYearBefore pm25MeanYearBefore"
    found = asked.ask(f"{{ airEvaluations({given_}) {{ {fields} }} }}")
    whole = asked.tables.rows(
        "SELECT CAST(starts_on AS VARCHAR), days, valid_days, good_days, composite_index, pm25_mean,"
        " good_share_year_before, pm25_mean_year_before FROM air.evaluation"
        f" WHERE scope_id = 'a' AND period = '{period}' AND starts_on BETWEEN '{since}' AND '{until}' ORDER BY 1"
    )
    assert found == [list(row) for row in whole]


def _text(value: str | None) -> str:
    return f"'{value}'" if value else "NULL"


def _z(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _naive(moment: Any) -> str:
    return str(moment.replace(tzinfo=None))
