"""`air.evaluation` and what it is made of: months and years of stations and areas (HJ 663)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import SIX, Tables, envelope, observation

YEAR = datetime(2021, 12, 31, 16, tzinfo=UTC)  # midnight of 1 January 2022 in Xunyang


def area(*site_ids: str, area_id: str = "district") -> Event:
    said: dict[str, Any] = {
        "area_id": area_id,
        "name_zh": "区",
        "name_en": "d",
        "site_ids": list(site_ids),
        "note": None,
    }
    return Event("district.evaluation_area_defined", {**envelope(f"evaluation_area/{area_id}", **said), **said})


def days(tables: Tables, *pm25: float, site_id: str = "1803A", first: datetime = YEAR, hours: int = 24) -> None:
    """One whole day for each value, all else alike."""
    tables.given(
        *(
            observation(site_id, first + timedelta(days=day, hours=hour), {**SIX, "PM2.5": value})
            for day, value in enumerate(pm25)
            for hour in range(hours)
        )
    )


def item(tables: Tables, columns: str, period: str = "MONTH", factor: str = "PM2.5") -> tuple[object, ...]:
    return tables.row(
        f"SELECT {columns} FROM air.evaluation_item WHERE period = '{period}' AND factor = '{factor}'"
        " AND scope_id = '1803A'"
    )


def of_year(tables: Tables, columns: str) -> tuple[object, ...]:
    return tables.row(f"SELECT {columns} FROM air.evaluation_item WHERE factor = 'PM2.5' AND period = 'YEAR'")


def test_a_mean_is_compared_in_whole_micrograms_until_2026(tables: Tables) -> None:
    days(tables, *([35] * 3), *([36] * 2))  # 35.4 is 35, which keeps 35 (HJ 663-2013)
    assert of_year(tables, "mean, mean_limit, mean_exceeded_by") == (35.0, 35.0, None)
    days(tables, 36, 36, 35, first=YEAR + timedelta(days=40))  # 284 / 8 = 35.5: to the even 36
    assert of_year(tables, "mean, mean_exceeded_by") == (36.0, 0.03)


def test_a_mean_has_one_more_decimal_from_2026_and_halves_go_to_even(tables: Tables) -> None:
    march = datetime(2026, 2, 28, 16, tzinfo=UTC)
    days(tables, *([34] * 10), *([35] * 10), first=march)
    assert item(tables, "days, mean") == (20, 34.5)
    days(tables, 35, first=march + timedelta(days=40))
    assert of_year(tables, "mean") == (34.5,)  # 725 / 21 = 34.52


def test_a_year_before_2016_has_the_limits_of_the_cities_that_began_earlier(tables: Tables) -> None:
    days(tables, 40, first=datetime(2013, 12, 31, 16, tzinfo=UTC))
    assert of_year(tables, "mean_limit, percentile_limit, edition, mean_exceeded_by") == (
        35.0,
        75.0,
        "GB 3095-2012",
        0.14,
    )


@pytest.mark.parametrize(
    ("number", "percent", "expected"), [(20, 95, 19.0), (21, 95, 20.0), (11, 95, 10.5), (1, 95, 1.0)]
)
def test_a_percentile_is_interpolated_between_ranks(
    tables: Tables, number: int, percent: int, expected: float
) -> None:
    days(tables, *range(1, number + 1), first=datetime(2026, 2, 28, 16, tzinfo=UTC))
    assert item(tables, "percent, percentile") == (percent, expected)


def test_the_percentile_vectors_agree(tables: Tables, shared: Path) -> None:
    found = json.loads((shared / "standards" / "test_vectors.json").read_text(encoding="utf-8"))["percentile"]
    for vector in found:
        last = int(vector["values"].partition("..")[2])
        exact = tables.row(
            f"WITH s AS (SELECT list(i ORDER BY i) AS sorted, count(*) AS n FROM range(1, {last + 1}) AS r(i)),"
            f" k AS (SELECT *, 100 + (n - 1) * {vector['p']} AS hundredths FROM s),"
            " r AS (SELECT *, hundredths // 100 AS rank, hundredths % 100 AS rest FROM k)"
            " SELECT half_even(sorted[rank] * 100 + rest * (sorted[rank + 1] - sorted[rank]), 10) / 10 FROM r"
        )
        assert exact == (vector["result"],)
    assert len(found) == 2


def test_a_month_is_valid_with_27_days_and_a_february_with_25(tables: Tables) -> None:
    days(tables, *([40] * 26))
    assert item(tables, "valid") == (False,)
    days(tables, 40, first=YEAR + timedelta(days=26))
    assert item(tables, "valid, attained") == (True, False)
    days(tables, *([40] * 25), first=YEAR + timedelta(days=31))
    assert tables.rows(
        "SELECT starts_on, valid FROM air.evaluation_item WHERE period = 'MONTH' AND factor = 'CO' ORDER BY ALL"
    ) == [(datetime(2022, 1, 1).date(), True), (datetime(2022, 2, 1).date(), True)]  # noqa: DTZ001


def test_limits_and_multiples_are_those_in_force_on_the_last_day(tables: Tables) -> None:
    days(tables, 70, 70)
    days(tables, 70, 70, first=datetime(2026, 2, 28, 16, tzinfo=UTC))
    found = tables.rows(
        "SELECT year(starts_on), mean_limit, percentile_limit, mean_exceeded_by, attained, edition"
        " FROM air.evaluation_item WHERE period = 'YEAR' AND factor = 'PM2.5' ORDER BY starts_on"
    )
    assert found == [
        (2022, 35.0, 75.0, 1.0, False, "GB 3095-2012"),
        (2026, 30.0, 60.0, 1.33, False, "GB 3095-2026"),
    ]


def test_good_days_levels_and_the_year_before(tables: Tables) -> None:
    days(tables, 30, 80, 160)
    days(tables, 30, first=YEAR + timedelta(days=365))
    found = tables.rows(
        "SELECT valid_days, good_days, good_share, level_days, good_share_year_before, exceeding"
        " FROM air.evaluation WHERE period = 'YEAR' ORDER BY starts_on"
    )
    assert found == [
        (3, 1, 33.3, [0, 1, 1, 0, 1, 0], None, ["PM10", "PM2.5"]),
        (1, 1, 100.0, [0, 1, 0, 0, 0, 0], 33.3, ["PM10"]),
    ]


def test_the_composite_index_is_the_sum_of_the_six(tables: Tables) -> None:
    days(tables, 35)
    single = tables.rows("SELECT factor, single_index FROM air.evaluation_item WHERE period = 'YEAR' ORDER BY 1")
    assert single == [
        ("CO", 0.2), ("NO2", 1.0), ("O3", 0.375), ("PM10", 1.143), ("PM2.5", 1.0), ("SO2", 0.167)
    ]  # fmt: skip
    assert tables.row("SELECT composite_index FROM air.evaluation WHERE period = 'YEAR'") == (3.88,)


def test_a_correction_changes_the_day_the_month_and_the_year(tables: Tables) -> None:
    days(tables, *([40] * 3))
    before = item(tables, "mean", "YEAR")
    tables.given(observation(observed_at=YEAR, readings={**SIX, "PM2.5": 760.0}, statement=2))
    assert (before, item(tables, "mean", "YEAR"), item(tables, "mean")) == ((40.0,), (50.0,), (50.0,))


def test_an_area_is_the_mean_of_its_stations_where_enough_are_valid(tables: Tables) -> None:
    tables.given(area("1803A", "1804A"))
    days(tables, 40)
    assert tables.row("SELECT pm25_ug_m3, aqi, sites FROM air.area_daily") == (None, None, 2)
    days(tables, 54, site_id="1804A")
    assert tables.row("SELECT pm25_ug_m3, aqi, primary_pollutants FROM air.area_daily") == (
        47,
        65,
        ["PM10", "PM2.5"],
    )
    assert tables.row("SELECT good_days FROM air.evaluation WHERE scope_id = 'district' AND period = 'YEAR'") == (
        1,
    )


def test_running_means_need_enough_hours(tables: Tables) -> None:
    days(tables, 40, hours=20)
    found = tables.rows("SELECT pm25_24h_ug_m3, o3_8h_ug_m3 FROM air.rolling ORDER BY observed_at")
    assert found[4] == (None, None)
    assert found[5] == (None, 60)
    assert found[18] == (None, 60)
    assert found[19] == (40, 60)


def test_weather_is_the_last_word_on_each_factor(tables: Tables) -> None:
    tables.given(
        observation(readings={"wind_speed": 1.2, "wind_direction": 90.0}),
        observation(readings={"wind_speed": 2.4, "temperature": -999.0}, statement=2),
    )
    assert tables.rows("SELECT wind_speed_m_s, wind_direction_deg, temperature_c FROM air.weather") == [
        (2.4, 90.0, None)
    ]
