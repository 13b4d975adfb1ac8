"""The scales that an AQI is read from, and the days that are made of it, held against HJ 633's own words."""

import math
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from tests.events import event
from tests.factories import SIX, Tables, observation

DAILY_PM25_2012 = ((0, 0), (35, 50), (75, 100), (115, 150), (150, 200), (250, 300), (350, 400), (500, 500))
DAILY_PM25_2026 = ((0, 0), (35, 50), (60, 100), (115, 150), (150, 200), (250, 300), (350, 400), (500, 500))
DAILY_CO = ((0, 0), (2, 50), (4, 100), (14, 150), (24, 200), (36, 300), (48, 400), (60, 500))
HOURLY_NO2 = ((0, 0), (100, 50), (200, 100), (700, 150), (1200, 200), (2340, 300), (3090, 400), (3840, 500))


def iaqi(breakpoints: tuple[tuple[int, int], ...], concentration: Fraction) -> int:
    """HJ 633 4.2: linear between breakpoints, rounded up; the highest where it is above all of them."""
    for (low, low_iaqi), (high, high_iaqi) in pairwise(breakpoints):
        if low <= concentration <= high:
            return math.ceil(Fraction(high_iaqi - low_iaqi, high - low) * (concentration - low) + low_iaqi)
    return breakpoints[-1][1]


@pytest.mark.parametrize(
    ("edition", "report", "factor", "per_unit", "breakpoints"),
    [
        ("HJ 633-2012", "daily", "PM2.5", 1, DAILY_PM25_2012),
        ("HJ 633-2026", "daily", "PM2.5", 1, DAILY_PM25_2026),
        (
            "HJ 633-2026",
            "hourly",
            "PM2.5",
            1,
            DAILY_PM25_2026,
        ),  # 4.2.4: hours of particles by the daily breakpoints
        ("HJ 633-2012", "daily", "CO", 10, DAILY_CO),
        ("HJ 633-2026", "hourly", "NO2", 1, HOURLY_NO2),
    ],
)
def test_every_step_of_a_scale_is_interpolated_and_rounded_up(
    tables: Tables, edition: str, report: str, factor: str, per_unit: int, breakpoints: tuple[tuple[int, int], ...]
) -> None:
    ((base, found_per_unit),) = tables.rows(
        f"SELECT base, per_unit FROM standards.air_item WHERE edition = '{edition}' AND report = '{report}'"
        f" AND factor = '{factor}'"
    )
    ((scale,),) = tables.rows("SELECT iaqi FROM standards.air_scale")
    assert found_per_unit == per_unit
    steps = range(breakpoints[-1][0] * per_unit + 1)
    assert [scale[base - 1 + step] for step in steps] == [iaqi(breakpoints, Fraction(s, per_unit)) for s in steps]


def test_an_edition_follows_the_other_on_one_day(tables: Tables) -> None:
    days = tables.rows("SELECT DISTINCT edition, applies_from, applies_until FROM standards.air_item ORDER BY 1")
    (old, _, last), (new, first, open_end) = days
    assert (old, new) == ("HJ 633-2012", "HJ 633-2026")
    assert (last, first) == (date(2026, 2, 28), date(2026, 3, 1))
    assert open_end == date.max


def test_a_day_s_rules_are_those_of_table_4(tables: Tables) -> None:
    # GB 3095 Table 4: 20 hours, 6 of 8; HJ 663 6.1.2: 14 windows from 08:00 on, or a mean above the limit
    columns = "enough_hours, enough_of_eight, enough_windows, first_end, sure_above"
    assert tables.row(f"SELECT {columns} FROM standards.air_day_rule") == (20, 6, 14, 8, 160)


MIDNIGHT = datetime(2022, 1, 2, 16, tzinfo=UTC)  # of 3 January in Xunyang


def given_hours(tables: Tables, values: dict[int, float], factor: str = "O3", site: str = "1803A") -> None:
    tables.given(
        *(
            observation(site, MIDNIGHT + timedelta(hours=hour), {**SIX, factor: value})
            for hour, value in values.items()
        )
    )


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (range(24), 60),
        (range(3, 24), 60),  # windows that end from 09:00 on have six hours and more
        (range(12, 24), None),  # 12 hours make windows that end at 18:00 and later: seven are too few
        (range(19), None),  # the last window of six hours ends at 21:00: 14 windows end from 08:00 to 21:00
    ],
)
def test_ozone_needs_fourteen_windows(tables: Tables, hours: range, expected: int | None) -> None:
    given_hours(tables, dict.fromkeys(hours, 60.0))
    windows = sum(len([h for h in range(end - 8, end) if h in hours]) >= 6 for end in range(8, 25))
    (found,) = tables.row("SELECT o3_8h_ug_m3 FROM air.daily")
    assert found == (60 if windows >= 14 else None)
    if expected is not None or windows < 14:
        assert found == expected


def test_ozone_above_the_limit_counts_with_fewer_windows(tables: Tables) -> None:
    given_hours(tables, dict.fromkeys(range(12, 20), 161.0))
    # HJ 663 6.1.2: the day is valid where its highest mean is above 160 already
    assert tables.row("SELECT o3_8h_ug_m3 FROM air.daily") == (161,)


def test_a_window_never_reaches_into_the_day_before(tables: Tables) -> None:
    given_hours(tables, {hour: 300.0 if hour < 0 else 60.0 for hour in range(-8, 24)})
    found = dict(tables.rows("SELECT day, o3_8h_ug_m3 FROM air.daily"))
    assert found[date(2022, 1, 3)] == 60


def area(*sites: str) -> Any:
    return event("district.evaluation_area_defined", "x", area_id="x", site_ids=list(sites))


def test_stations_and_areas_have_their_days_in_one_list(tables: Tables) -> None:
    tables.given(area("1803A", "1804A"))
    given_hours(tables, dict.fromkeys(range(24), 76.0), "PM2.5")
    given_hours(tables, dict.fromkeys(range(24), 36.0), "PM2.5", "1804A")
    columns = "scope_id, scope_kind, pm25_ug_m3, aqi"
    # (76 + 36) / 2 = 56. 50 / 40 × 1 + 100 = 101.25; 50 / 40 × 1 + 50 = 51.25; 50 / 40 × 21 + 50 = 76.25.
    # 80 µg/m³ of PM10 are 50 / 100 × 30 + 50 = 65, above what 36 µg/m³ of PM2.5 give
    assert tables.rows(f"SELECT {columns} FROM air.scope_day ORDER BY 1") == [
        ("1803A", "station", 76, 102), ("1804A", "station", 36, 65), ("x", "area", 56, 77),
    ]  # fmt: skip


def test_an_area_needs_three_quarters_of_its_stations(tables: Tables) -> None:
    tables.given(area("1803A", "1804A", "1805A"))
    for site in ("1803A", "1804A"):
        given_hours(tables, dict.fromkeys(range(24), 60.0), "PM2.5", site)
    asked = "SELECT pm25_ug_m3, aqi FROM air.scope_day WHERE scope_kind = 'area'"
    assert tables.row(asked) == (None, None)  # two of three are 67 %
    given_hours(tables, dict.fromkeys(range(24), 60.0), "PM2.5", "1805A")
    assert tables.row(asked) == (60, 82)  # 50 / 40 × 25 + 50 = 81.25


@pytest.mark.parametrize(
    ("factors", "pollutants"),
    [
        ([], ["CO", "NO2", "O3", "PM10", "PM2.5", "SO2"]),  # who does not say is held to all six
        (["PM2.5", "O3", "temperature", "PM10"], ["O3", "PM10", "PM2.5"]),
        (["temperature"], ["CO", "NO2", "O3", "PM10", "PM2.5", "SO2"]),
    ],
)
def test_a_station_monitors_what_its_register_says(
    tables: Tables, factors: list[str], pollutants: list[str]
) -> None:
    tables.given(event("air.station_registered", "s", site_id="s", factors=factors))
    assert tables.row("SELECT pollutants FROM air.monitored") == (pollutants,)


@pytest.mark.parametrize(
    ("factors", "day", "aqi"),
    [
        (["PM2.5", "PM10", "O3"], datetime(2026, 5, 1, tzinfo=UTC), 40),  # HJ 633-2026 5.3.2: by design
        ([], datetime(2026, 5, 1, tzinfo=UTC), None),  # 5.3.1: incomplete, and not above 100
        (["PM2.5", "PM10", "O3"], datetime(2026, 1, 1, tzinfo=UTC), None),  # HJ 633-2012 knows no such station
    ],
)
def test_a_street_station_has_an_aqi_of_what_it_monitors(
    tables: Tables, factors: list[str], day: datetime, aqi: int | None
) -> None:
    station = event("air.station_registered", "s", site_id="s", factors=factors)
    # 50 / 50 × 40 = 40 of PM10, 50 / 35 × 20 = 28.6 of PM2.5, 50 / 160 × 60 = 18.8 of ozone
    tables.given(station, observation("s", day, {"PM2.5": 20.0, "PM10": 40.0, "O3": 60.0}))
    assert tables.row("SELECT aqi FROM air.hourly") == (aqi,)
