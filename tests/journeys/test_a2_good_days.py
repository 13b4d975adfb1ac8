"""A2: indicators 1 and 2, the share of good days and the year's PM2.5, from hours to the manager's client."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.house import MANAGER, PUBLIC, House

FAIR = {"SO2": 8, "NO2": 20, "CO": 0.6, "O3": 60, "PM10": 40, "PM2.5": 20}
PLANNED = {"topicZh": "环境治理", "baseText": "x", "fiveYearText": "x", "attribute": "BINDING"}
INDICATORS = (
    {"indicatorId": "1", "number": 1, "nameZh": "PM2.5年均浓度", "nameEn": "Yearly mean of PM2.5", "unit": "µg/m³",
     "targetText": "35", "targetValue": 35.0},
    {"indicatorId": "2", "number": 2, "nameZh": "优良天数比率", "nameEn": "Share of good days", "unit": "%",
     "targetText": "90", "targetValue": 90.0},
)  # fmt: skip
AREA = {"areaId": "xunyang", "nameZh": "浔阳区", "nameEn": "Xunyang"}


def days(house: House, site_id: str, first: date, *pm25: float, hours: int = 20) -> None:
    """Whole days in one request each: so many hours of one value, which is enough for a day."""
    for number, value in enumerate(pm25):
        hour = {**FAIR, "PM2.5": value, "PM10": value + 20}
        house.hears_hours(site_id, first + timedelta(days=number), *[hour] * hours)


def progress(house: House, indicator: str, year: int) -> dict[str, Any]:
    rows = house.one("indicatorProgress", "nodes { indicatorId year value valid goal fulfilled origin }", MANAGER)
    (found,) = [r for r in rows["nodes"] if (r.pop("indicatorId"), r.pop("year")) == (indicator, year)]
    return dict(found)


@pytest.fixture(scope="module")
def january(house: House) -> House:
    """27 days of January 2022 at the only station of the district: 20 with 30 µg/m³ of PM2.5, 7 with 110."""
    for indicator in INDICATORS:
        house.does("planIndicator", **indicator, **PLANNED)
    house.place("registerStation", "s", network="NATIONAL")
    house.does("defineEvaluationArea", siteIds=["s"], **AREA)
    days(house, "s", date(2022, 1, 1), *[30] * 20, *[110] * 7)
    return house


MONTH = 'airEvaluations(scopeId: "xunyang", period: MONTH, since: "2022-01-01", until: "2022-01-31")'
YEAR = 'airEvaluations(scopeId: "xunyang", period: YEAR, since: "2022-01-01", until: "2022-01-01")'


def test_a_month_of_27_days_counts_its_good_ones(january: House) -> None:
    columns = "days validDays goodDays goodShare levelDays pm25Mean valid attained exceeding"
    # 110 µg/m³ is IAQI 50 / 40 × 35 + 100 = 143.75 → 144, level 3; 30 is 50 / 35 × 30 = 42.86 → 43, and 50 µg/m³
    # of PM10 are exactly 50: level 1. 20 of 27 days are 74.07 %; (20 × 30 + 7 × 110) / 27 = 50.74 µg/m³,
    # and whole until HJ 663-2026: 51
    (month,) = january.one(MONTH, columns, MANAGER)
    assert month.pop("exceeding") == ["PM10", "PM2.5"]
    assert month == {
        "days": 27, "validDays": 27, "goodDays": 20, "goodShare": 74.1, "levelDays": [20, 0, 7, 0, 0, 0],
        "pm25Mean": 51.0, "valid": True, "attained": False,
    }  # fmt: skip
    assert january.one(MONTH, columns, PUBLIC) == january.one(MONTH, columns, MANAGER)


def test_what_a_month_says_of_each_pollutant(january: House) -> None:
    columns = "items { factor days mean meanLimit percentile percentileLimit attained }"
    (month,) = january.one(MONTH, columns, MANAGER)
    found = {item.pop("factor"): item for item in month["items"]}
    # HJ 663 Annex A: k = 1 + 26 × 0.95 = 25.7, and the 25th and 26th of the sorted days are both 110
    assert found["PM2.5"] == {
        "days": 27, "mean": 51.0, "meanLimit": 35, "percentile": 110.0, "percentileLimit": 75, "attained": False,
    }  # fmt: skip
    assert (found["CO"]["mean"], found["CO"]["percentile"], found["CO"]["meanLimit"]) == (0.6, 0.6, None)
    assert found["O3"]["attained"] is True


def test_a_year_of_one_month_is_told_and_not_valid(january: House) -> None:
    (year,) = january.one(YEAR, "validDays goodShare pm25Mean valid attained", MANAGER)
    assert year == {"validDays": 27, "goodShare": 74.1, "pm25Mean": 51.0, "valid": False, "attained": None}
    # GB 3095 Table 4: 324 days, and 27 in each month; until then the indicator tells a value that isn't valid
    assert progress(january, "1", 2022) == {
        "value": 51.0, "valid": False, "goal": 35.0, "fulfilled": None, "origin": "COMPUTED",
    }  # fmt: skip
    share = progress(january, "2", 2022)
    assert (share["value"], share["valid"], share["fulfilled"]) == (74.1, False, None)


def test_corrected_hours_turn_a_bad_day_into_a_good_one(january: House) -> None:
    before = january.one(YEAR, "goodDays", MANAGER)[0]["goodDays"]
    days(january, "s", date(2022, 1, 21), 40)
    (month,) = january.one(MONTH, "goodDays goodShare levelDays pm25Mean", MANAGER)
    # 40 µg/m³ is 50 / 40 × 5 + 50 = 56.25 → 57: level 2. 21 of 27 are 77.78 %, and the mean is
    # (20 × 30 + 40 + 6 × 110) / 27 = 48.148
    assert month == {"goodDays": 21, "goodShare": 77.8, "levelDays": [20, 1, 6, 0, 0, 0], "pm25Mean": 48.0}
    assert january.one(YEAR, "goodDays", MANAGER)[0]["goodDays"] == before + 1
    assert progress(january, "1", 2022)["value"] == 48.0
    assert progress(january, "2", 2022)["value"] == 77.8


def test_a_day_of_too_few_hours_is_neither_good_nor_bad(january: House) -> None:
    days(january, "s", date(2023, 2, 1), *[30] * 24)
    days(january, "s", date(2023, 2, 25), 30, hours=19)
    asked = MONTH.replace("2022-01-01", "2023-02-01").replace("2022-01-31", "2023-02-28")
    columns = "days validDays goodDays goodShare valid"
    # GB 3095 Table 4: a February needs 25 days, and a day 20 hours
    assert january.one(asked, columns, MANAGER) == [
        {"days": 25, "validDays": 24, "goodDays": 24, "goodShare": 100.0, "valid": False}
    ]
    january.hears("s", "2023-02-25T15:00:00Z", {**FAIR, "PM2.5": 30, "PM10": 50})  # its hour 23
    assert january.one(asked, columns, MANAGER) == [
        {"days": 25, "validDays": 25, "goodDays": 25, "goodShare": 100.0, "valid": True}
    ]


def test_what_the_air_computes_nobody_may_report(january: House) -> None:
    report = {"indicatorId": "1", "year": 2022, "value": 30.0, "document": "年报"}
    assert january.refuses("reportIndicator", **report) == "computed"
    assert progress(january, "1", 2022)["origin"] == "COMPUTED"
