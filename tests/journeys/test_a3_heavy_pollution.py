"""A3: heavy pollution is observed and forecast, a level recommended; people issue, adjust and lift the warning."""

from datetime import date
from typing import Any

import pytest

from tests.journeys.house import PUBLIC, House

FAIR = {"SO2": 8, "NO2": 20, "CO": 0.6, "O3": 60}
ISSUED = "2026-01-03T20:00:00Z"  # 04:00 of the 4th in Xunyang


@pytest.fixture(scope="module")
def winter(house: House) -> House:
    """An area with one station, which had an AQI of 250 on 3 January 2026."""
    house.place("registerStation", "s", network="NATIONAL")
    house.does("defineEvaluationArea", areaId="x", nameZh="浔阳", nameEn="Xunyang", siteIds=["s"])
    # HJ 633-2012 Table 1: 200 lies between 150 (200) and 250 (300): 100 / 100 × 50 + 200
    house.hears_hours("s", date(2026, 1, 3), *[{**FAIR, "PM10": 230, "PM2.5": 200}] * 24)
    house.place("registerEnterprise", "kiln", "mill", industry="水泥")
    measures = {"YELLOW": "停用一台破碎机", "ORANGE": "停产一条线", "RED": "全厂停产"}
    for level, measure in measures.items():
        house.does(
            "listReductionMeasure", measureId=f"kiln-{level}", enterpriseId="kiln", level=level, grade="C",
            measure=measure,
        )  # fmt: skip
    return house


def forecast(house: House, day: int, high: int, **more: Any) -> None:
    given = {
        "forecastId": f"f{day}", "areaId": "x", "day": f"2026-01-{day:02}", "aqiLow": high - 20, "aqiHigh": high,
        "occurredAt": ISSUED, **more,
    }  # fmt: skip
    house.does("issueForecast", **given)


def recommended(house: House) -> tuple[Any, ...]:
    (row,) = house.rows('warningRecommendations(areaId: "x")', "level days daysForecast highestAqi since until")
    return row


def test_the_public_sees_the_day_that_began_it(winter: House) -> None:
    day = winter.one('airDays(siteId: "s", since: "2026-01-03", until: "2026-01-03")', "aqi level", PUBLIC)
    assert day == {"aqi": [250], "level": [5]}
    at = "2026-01-03T20:00:00Z"
    alarms = winter.rows(f'alarms(at: "{at}", siteId: "s")', "kind said raisedAt")
    (alarm,) = [row for row in alarms if row[0] == "EXCEEDANCE"]
    # level 5 is heavy pollution; the first hour, 00:00 to 01:00 of the 3rd, ends at 17:00 UTC of the 2nd
    assert alarm == ("EXCEEDANCE", "AQI level 5", "2026-01-02T17:00:00+00:00")


def test_the_level_follows_the_forecasts_and_falls_when_one_is_corrected(winter: House) -> None:
    forecast(winter, 4, 230)
    # 环大气〔2024〕6号: above 200 for two days (the 3rd observed, the 4th forecast) is orange
    assert recommended(winter) == ("ORANGE", 2, 1, 250, "2026-01-03", "2026-01-04")
    forecast(winter, 5, 310)
    # three days above 200, one of them above 300: red
    assert recommended(winter) == ("RED", 3, 2, 310, "2026-01-03", "2026-01-05")
    # the forecaster corrects the 4th: 160 is above 150 only, so that the run above 200 is broken, and three days
    # above 150 with the highest of 310 are orange, with 3 to 5 January
    forecast(winter, 4, 160)
    assert recommended(winter) == ("ORANGE", 3, 2, 310, "2026-01-03", "2026-01-05")
    forecast(winter, 5, 150)
    # 150 is not above 150: the run of the 3rd and 4th is two days above 150, yellow
    assert recommended(winter) == ("YELLOW", 2, 1, 250, "2026-01-03", "2026-01-04")


def test_an_observed_day_that_is_corrected_takes_the_recommendation_away(winter: House) -> None:
    forecast(winter, 4, 160)
    forecast(winter, 5, 150)
    assert recommended(winter)[0] == "YELLOW"
    winter.hears_hours("s", date(2026, 1, 3), *[{**FAIR, "PM10": 100, "PM2.5": 70}] * 24)
    assert recommended(winter)[0] is None
    winter.hears_hours("s", date(2026, 1, 3), *[{**FAIR, "PM10": 230, "PM2.5": 200}] * 24)
    assert recommended(winter)[0] == "YELLOW"


def test_people_issue_adjust_and_lift_and_the_list_says_who_does_what(winter: House) -> None:
    assert winter.refuses("issueWarning", warningId="w", areaId="moon", level="YELLOW", reason="x") == (
        "unknown_evaluation_area"
    )
    at = {"occurredAt": "2026-01-04T01:00:00Z"}
    winter.does("issueWarning", warningId="w", areaId="x", level="YELLOW", reason="两日超150", **at)
    measures = 'measuresInForce(warningId: "w")'
    assert winter.one(measures, "enterpriseId measure") == [{"enterpriseId": "kiln", "measure": "停用一台破碎机"}]
    earlier = {"occurredAt": "2026-01-04T00:59:59Z"}
    assert (
        winter.refuses("adjustWarning", warningId="w", level="RED", reason="x", **earlier) == "before_the_last_step"
    )
    winter.does("adjustWarning", warningId="w", level="ORANGE", reason="加重", occurredAt="2026-01-04T08:00:00Z")
    assert [row["measure"] for row in winter.one(measures, "measure")] == ["停产一条线"]
    # one area has one warning in force
    again = {"warningId": "v", "areaId": "x", "level": "RED", "reason": "x"}
    assert winter.refuses("issueWarning", **again) == "warned_already"
    winter.does("liftWarning", warningId="w", reason="好转", occurredAt="2026-01-06T00:00:00Z")
    assert winter.rows("airWarnings", "warningId status level firstLevel issuedAt liftedAt") == [
        ("w", "LIFTED", "ORANGE", "YELLOW", "2026-01-04T01:00:00+00:00", "2026-01-06T00:00:00+00:00")
    ]
    assert winter.one(measures, "measure") == []
    winter.does("issueWarning", **again)


def test_no_second_entry_for_a_measure_of_nobody(winter: House) -> None:
    listed = {"measureId": "m", "level": "RED", "grade": "A", "measure": "x"}
    assert winter.refuses("listReductionMeasure", enterpriseId="moon", **listed) == "unknown_enterprise"
