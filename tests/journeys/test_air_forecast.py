"""Forecasts are recorded, and scored once their day is judged."""

from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, fold
from tests.journeys.test_air_quality import RECORD, REGISTER, STATION, observed

AREA = {"areaId": "x", "nameZh": "浔阳", "nameEn": "Xunyang", "siteIds": ["1803A"]}


def day_observed(ask: Ask, platform: Platform, day: str, pm25: float) -> None:
    """A station's 24 hours of one local day, in the area x."""
    ask(REGISTER, input=STATION)
    assert command(ask, "defineEvaluationArea", **AREA)["__typename"] == "Accepted"
    (said,) = observed(pm25)
    hours = [{**said, "observedAt": f"{day}T{hour:02}:00:00+08:00"} for hour in range(24)]
    assert ask(RECORD, input=hours)["recordObservations"]["accepted"] == 24
    fold(platform)


def forecast(ask: Ask, number: str, issued: str, day: str, low: int, high: int, who: str = "test") -> str:
    """Issue a forecast; returns the kind of answer, or the refusal's code."""
    said = {"forecastId": number, "areaId": "x", "day": day, "aqiLow": low, "aqiHigh": high}
    answer = command(ask, "issueForecast", **said, source=who, occurredAt=issued)
    return str(answer.get("code") or answer["__typename"])


def test_who_forecast_best_at_which_lead_is_known_once_the_day_is_judged(ask: Ask, platform: Platform) -> None:
    day_observed(ask, platform, "2022-01-03", 76)  # AQI 102, level 3
    # 20:00 UTC of the 1st is the 2nd in Xunyang: a lead of one day
    assert forecast(ask, "1", "2022-01-01T20:00:00Z", "2022-01-03", 90, 110, "甲") == "Accepted"
    assert forecast(ask, "2", "2022-01-01T20:00:00Z", "2022-01-03", 40, 60, "乙") == "Accepted"
    assert forecast(ask, "3", "2022-01-01T20:00:00Z", "2022-01-09", 40, 60, "乙") == "Accepted"
    fold(platform)
    skill = ask("{ airForecastSkill { source leadDays forecasts levelHitShare meanAbsoluteAqiError } }")
    assert [tuple(row.values()) for row in skill["airForecastSkill"]] == [
        ("甲", 1, 1, 1.0, 2.0),
        ("乙", 1, 1, 0.0, 52.0),
    ]
    unscored = ask('{ airForecasts(areaId: "x") { nodes { forecastId levelHit observedAqi } } }')["airForecasts"][
        "nodes"
    ][0]
    assert unscored == {"forecastId": "3", "levelHit": None, "observedAqi": None}
    before = '{ airForecasts(areaId: "x", asOf: "2022-01-01T00:00:00Z") { nodes { forecastId } } }'
    assert ask(before) == {"airForecasts": {"nodes": []}}


def test_a_forecast_that_can_not_be_is_refused(ask: Ask, platform: Platform) -> None:
    assert forecast(ask, "1", "2022-01-01T20:00:00Z", "2022-01-03", 9, 10) == "unknown_evaluation_area"
    day_observed(ask, platform, "2022-01-03", 76)
    assert forecast(ask, "1", "2022-01-01T20:00:00Z", "2022-01-01", 9, 10) == "day_is_over"
    assert forecast(ask, "1", "2022-01-01T20:00:00Z", "2022-01-03", 11, 10) == "impossible_range"
