"""A9: forecasts are recorded and scored, and pollution is told by the wind's sectors and the hours of the day."""

from datetime import date
from typing import Any

import pytest

from tests.journeys.house import House

FAIR = {"SO2": 8, "NO2": 20, "CO": 0.6}
SPAN = 'siteId: "s", pollutant: PM25, since: "2026-06-30T16:00:00Z", until: "2026-07-02T16:00:00Z"'


@pytest.fixture(scope="module")
def station(house: House) -> House:
    """One station: on 1 July north wind and 60 µg/m³ by night, east wind and 20 by day; on the 2nd 110 all day."""
    house.place("registerStation", "s", network="NATIONAL")
    house.does("defineEvaluationArea", areaId="x", nameZh="浔阳", nameEn="Xunyang", siteIds=["s"])
    day = [
        {**FAIR, "PM2.5": 60 if hour < 12 else 20, "PM10": 90, "O3": 30 if hour < 12 else 150,
         "wind_direction": 0 if hour < 12 else 90, "wind_speed": 2.0}
        for hour in range(24)
    ]  # fmt: skip
    house.hears_hours("s", date(2026, 7, 1), *day)
    house.hears_hours("s", date(2026, 7, 2), *[{**FAIR, "PM2.5": 110, "PM10": 130, "O3": 30}] * 24)
    return house


def forecast(house: House, number: str, low: int, high: int, who: str, **more: Any) -> None:
    house.does(
        "issueForecast", forecastId=number, areaId="x", aqiLow=low, aqiHigh=high, source=who,
        **{"day": "2026-07-02", "occurredAt": "2026-06-30T20:00:00Z", **more},
    )  # fmt: skip


def scored(house: House, number: str, columns: str) -> tuple[Any, ...]:
    rows = house.rows('airForecasts(areaId: "x")', f"forecastId {columns}")
    (found,) = [row[1:] for row in rows if row[0] == number]
    return tuple(found)


def test_a_forecast_is_scored_by_level_and_by_the_middle_of_its_range(station: House) -> None:
    # HJ 633-2026 Table 1: 110 µg/m³ lies between 60 (100) and 115 (150): 50 / 55 × 50 + 100 = 145.45, level 3.
    # 20:00 UTC of 30 June is 1 July in Xunyang, so that the lead is one day
    forecast(station, "near", 130, 150, "甲")
    forecast(station, "far", 60, 90, "乙")
    columns = "leadDays observedAqi observedLevel levelHit aqiError"
    assert scored(station, "near", columns) == (1, 146, 3, True, -6.0)  # (130 + 150) / 2 - 146
    assert scored(station, "far", columns) == (1, 146, 3, False, -71.0)
    forecast(station, "wide", 90, 110, "丙")
    assert scored(station, "wide", "levelHit") == (True,)  # from level 2 to level 3


def test_a_corrected_day_scores_its_forecasts_anew_and_days_to_come_wait(station: House) -> None:
    forecast(station, "before", 51, 69, "丁", day="2026-07-03")
    assert scored(station, "before", "observedAqi levelHit aqiError") == (None, None, None)
    station.hears_hours("s", date(2026, 7, 3), *[{**FAIR, "PM2.5": 42, "PM10": 60, "O3": 30}] * 24)
    # 42 µg/m³ lies between 35 (50) and 60 (100): 50 / 25 × 7 + 50 = 64; the middle is 60
    assert scored(station, "before", "observedAqi levelHit aqiError") == (64, True, -4.0)
    station.hears_hours("s", date(2026, 7, 3), *[{**FAIR, "PM2.5": 20, "PM10": 30, "O3": 30}] * 24)
    # 50 / 50 × 30 = 30 of PM10, 50 / 35 × 20 = 28.57 → 29 of PM2.5: 30, level 1
    assert scored(station, "before", "observedAqi levelHit aqiError") == (30, False, 30.0)


def test_a_forecast_of_the_past_or_of_no_area_is_refused(station: House) -> None:
    given = {"forecastId": "x", "areaId": "x", "aqiLow": 10, "aqiHigh": 20, "occurredAt": "2026-07-05T00:00:00Z"}
    assert station.refuses("issueForecast", **given, day="2026-07-04") == "day_is_over"
    assert station.refuses("issueForecast", **{**given, "areaId": "moon"}, day="2026-07-06") == (
        "unknown_evaluation_area"
    )
    assert station.refuses("issueForecast", **{**given, "aqiLow": 30}, day="2026-07-06") == "impossible_range"


def test_the_rose_says_from_where_it_comes(station: House) -> None:
    rose = station.one(f"airRose({SPAN}, sectors: 4)", "calmHours sectors { directionDeg hours mean }")
    assert rose["calmHours"] == 0
    # north by night with 60 µg/m³, east by day with 20; the second day states no wind
    told = {sector["directionDeg"]: (sector["hours"], sector["mean"]) for sector in rose["sectors"]}
    assert told == {0.0: (12, 60.0), 90.0: (12, 20.0)}


def test_the_course_of_a_day_is_local(station: House) -> None:
    course = station.one(f"airDiurnal({SPAN})", "key mean hours")
    found = dict(zip(course["key"], course["mean"], strict=True))
    # hour 3 of Xunyang: 60 on the 1st, 110 on the 2nd; hour 15: 20 and 110
    assert (found[3], found[15]) == (85.0, 65.0)
