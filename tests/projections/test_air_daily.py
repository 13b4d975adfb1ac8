"""`air.daily`: given hours, the local day's means, its AQI, and whether the day is valid."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import SIX, Tables, hours, observation

MIDNIGHT = datetime(2022, 1, 2, 16, 0, tzinfo=UTC)  # 3 January begins in Xunyang


def day(count: int, start: int = 0, **readings: float | None) -> list[Event]:
    named = {name.replace("PM25", "PM2.5"): value for name, value in readings.items()}
    return [
        observation(observed_at=at, readings={**SIX, **named}) for at in hours(MIDNIGHT, 24)[start : start + count]
    ]


def judged(tables: Tables, columns: str) -> tuple[Any, ...]:
    return tables.row(f"SELECT {columns} FROM air.daily")


def test_a_whole_day_is_judged(tables: Tables) -> None:
    tables.given(*day(24, PM25=76))
    assert judged(tables, "day, aqi, level, primary_pollutants, edition, hours") == (
        date(2022, 1, 3), 102, 3, ["PM2.5"], "HJ 633-2012", 24,
    )  # fmt: skip


@pytest.mark.parametrize(("count", "aqi"), [(19, None), (20, 65)])
def test_a_day_needs_twenty_valid_hours(tables: Tables, count: int, aqi: int | None) -> None:
    tables.given(*day(count))
    assert judged(tables, "aqi, hours") == (aqi, count)


def test_hours_of_two_local_days_are_kept_apart(tables: Tables) -> None:
    evening = hours(MIDNIGHT, 26)[22:]
    tables.given(*[observation(observed_at=at) for at in evening])
    assert tables.rows("SELECT day, hours FROM air.daily ORDER BY day") == [
        (date(2022, 1, 3), 2),
        (date(2022, 1, 4), 2),
    ]


def test_means_are_exact_and_rounded_half_to_even(tables: Tables) -> None:
    tables.given(*day(12, PM25=34, CO=0.7), *day(12, start=12, PM25=35, CO=0.8))
    assert judged(tables, "pm25_ug_m3, co_mg_m3") == (34, 0.8)


def test_ozone_is_judged_by_the_highest_eight_hour_mean_of_the_day(tables: Tables) -> None:
    tables.given(*day(12, O3=20), *day(8, start=12, O3=180), *day(4, start=20, O3=20))
    assert judged(tables, "o3_8h_ug_m3, o3_iaqi") == (180, 119)


def test_too_few_windows_leave_ozone_open_unless_the_limit_is_exceeded(tables: Tables) -> None:
    tables.given(*day(12, O3=100), *day(12, start=12, O3=None))
    assert judged(tables, "o3_8h_ug_m3") == (None,)
    high = [observation(observed_at=at, readings={**SIX, "O3": 170}, statement=2) for at in hours(MIDNIGHT, 12)]
    tables.given(*high)
    assert judged(tables, "o3_8h_ug_m3") == (170,)


def test_a_correction_changes_its_day_and_no_other(tables: Tables) -> None:
    tables.given(*[observation(observed_at=at) for at in hours(MIDNIGHT, 48)])
    before = tables.rows("FROM air.daily WHERE day = '2022-01-04'")
    tables.given(observation(observed_at=MIDNIGHT, readings={**SIX, "PM2.5": 400}, statement=2))
    assert tables.row("SELECT pm25_ug_m3 FROM air.daily WHERE day = '2022-01-03'") == (55,)
    assert tables.rows("FROM air.daily WHERE day = '2022-01-04'") == before


def test_a_marked_hour_never_enters_the_mean(tables: Tables) -> None:
    bad = [
        observation(observed_at=at, readings={**SIX, "PM2.5": 900}, marks={"PM2.5": "C"})
        for at in hours(MIDNIGHT, 4)
    ]
    tables.given(*bad, *day(20, start=4))
    assert judged(tables, "pm25_ug_m3, hours") == (40, 24)
