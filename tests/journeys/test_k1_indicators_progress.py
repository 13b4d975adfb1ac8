"""K1: each indicator of the plan is computed where it can be, else reported, and held to what the plan asks for."""

from typing import Any

import pytest

from running.operations import OPERATIONS
from running.platform import Platform, silent
from schemas.standards import indicator_rules
from tests.conftest import DISTRICT, Ask
from tests.factories import csv_rows
from tests.journeys.steps import command, fold, observe

PLACE = {"nameZh": "甲", "nameEn": "A", "positionSource": "test"}
REPORT = {"indicatorId": "13", "year": 2023, "value": 100.0, "document": "2023 年度医疗废物处置报告"}
GOOD = {"pH": 7.5, "DO": 8.1, "CODMn": 1.8, "NH3-N": 0.12, "TP": 0.08, "COD": 14.0}
ASKED = "{ indicatorProgress { nodes { indicatorId year value valid goal fulfilled origin document simulated } } }"
SUBDISTRICTS = [f"36040300{number}" for number in range(1, 6)]


@pytest.fixture
def plan(ask: Ask, platform: Platform) -> Ask:
    OPERATIONS["load"](platform, {"folder": str(DISTRICT)}, silent)
    return ask


def progress(ask: Ask, platform: Platform) -> dict[tuple[str, int], dict[str, Any]]:
    fold(platform)
    return {(row["indicatorId"], row["year"]): row for row in ask(ASKED)["indicatorProgress"]["nodes"]}


def test_every_row_of_the_plan_s_table_has_a_rule() -> None:
    planned = {row["indicator_id"] for row in csv_rows(DISTRICT / "plan_indicator.csv")}
    assert planned == set(indicator_rules())
    assert {indicator for indicator, rule in indicator_rules().items() if rule.computed} == {
        "1", "2", "3a", "3b", "4", "5", "17", "18a", "18b", "20",
    }  # fmt: skip


def test_what_nothing_computes_is_reported_restated_and_held_to_the_target(plan: Ask, platform: Platform) -> None:
    assert command(plan, "reportIndicator", **{**REPORT, "value": 99.0})["eventIds"]
    assert progress(plan, platform)["13", 2023]["fulfilled"] is False
    assert command(plan, "reportIndicator", **REPORT)["eventIds"]
    assert command(plan, "reportIndicator", **REPORT)["eventIds"] == []
    assert progress(plan, platform)["13", 2023] == {
        "indicatorId": "13", "year": 2023, "value": 100.0, "valid": True, "goal": 100.0, "fulfilled": True,
        "origin": "REPORTED", "document": REPORT["document"], "simulated": False,
    }  # fmt: skip
    # the plan asks for less than 1.3: 1.3 is too many
    assert command(plan, "reportIndicator", **{**REPORT, "indicatorId": "14", "value": 1.3})["eventIds"]
    assert progress(plan, platform)["14", 2023]["fulfilled"] is False
    # 有效保障 is no number that a value could be held to
    assert command(plan, "reportIndicator", **{**REPORT, "indicatorId": "12"})["eventIds"]
    assert progress(plan, platform)["12", 2023]["fulfilled"] is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"indicatorId": "99"}, "unknown_indicator"),
        ({"indicatorId": "1", "value": 30.0}, "computed"),
        ({"indicatorId": "18b"}, "computed"),
        ({"value": 100.1}, "impossible_value"),
        ({"value": -0.1}, "impossible_value"),
        ({"year": 2017}, "impossible_year"),
        ({"year": 2999}, "impossible_year"),
        ({"document": " "}, "empty"),
    ],
)
def test_what_can_not_be_is_refused(plan: Ask, changed: dict[str, Any], code: str) -> None:
    assert command(plan, "reportIndicator", **{**REPORT, **changed})["code"] == code


def test_sections_and_sources_of_a_whole_year_are_held_to_the_plan(plan: Ask, platform: Platform) -> None:
    bridge = {"siteId": "bridge", "control": "NATIONAL", "waterBodyId": "yangtze", "waterBodyKind": "RIVER"}
    assert command(plan, "registerSection", **bridge, **PLACE)["eventIds"]
    sections = ["hedong-intake", "bridge"]
    for month in range(1, 13):
        for site in sections:
            values = {**GOOD, "COD": 25.0 if site == "bridge" else 14.0}  # class Ⅳ at the bridge
            observe(plan, site, f"2022-{month:02}-02T16:00:00Z", values, period="DAY")
        if month == 11:
            assert progress(plan, platform)["3a", 2022]["valid"] is False
    found = {indicator: row for (indicator, _), row in progress(plan, platform).items()}
    said = {i: (row["value"], row["valid"], row["goal"], row["fulfilled"]) for i, row in found.items()}
    assert said["3a"] == (0.0, True, 100.0, False)
    assert said["3b"] == (50.0, True, 100.0, False)
    assert said["4"][2:] == (100.0, False)
    assert said["5"] == (0.0, True, 0.0, True)
    assert said["17"] == (100.0, True, 100.0, True)


def test_a_water_counts_by_what_was_last_said_of_it_in_the_year(plan: Ask, platform: Platform) -> None:
    for code in ("ditch", "pond"):
        assert command(plan, "registerUrbanWater", siteId=code, **PLACE)["eventIds"]
    report = {"reason": "监测", "siteId": "ditch", "grade": "LIGHT"}
    assert command(
        plan, "reportUrbanWaterState", state="BLACK_ODOROUS", occurredAt="2022-05-01T00:00:00Z", **report
    )["eventIds"]
    found = progress(plan, platform)["20", 2022]
    assert (found["value"], found["valid"], found["goal"], found["fulfilled"]) == (100.0, False, 0.0, None)


def test_sewage_of_a_year_is_that_of_its_months_together(plan: Ask, platform: Platform) -> None:
    command(plan, "registerPlant", siteId="plant", capacityM3D=15000.0, **PLACE)
    for month in range(1, 13):
        load = {"plantId": "plant", "month": f"2022-{month:02}-01", "inflowM3": 400000.0, "treatedM3": 400000.0}
        discharge = {"month": f"2022-{month:02}-01", "people": 6000, "dischargedM3": 80000.0}
        if month == 12:
            discharge["dischargedM3"] = 160000.0
        quality = {"inflowBod5MgL": 90.0, "inflowCodMgL": 200.0, "outflowCodMgL": 30.0}
        assert command(plan, "reportPlantLoad", **load, **quality)["eventIds"]
        for area in SUBDISTRICTS:
            assert command(plan, "reportSewageDischarge", areaId=area, **discharge)["eventIds"]
        if month == 11:
            assert progress(plan, platform)["18b", 2022]["valid"] is False
    found = progress(plan, platform)
    # 12 × 400,000 of 11 × 400,000 + 800,000 m³, of five subdistricts together
    treated = found["18b", 2022]
    assert (treated["value"], treated["valid"], treated["fulfilled"]) == (92.3, True, False)
    # 12 × 36 t of BOD5 of 30,000 people × 45 g × 365 days
    collected = found["18a", 2022]
    assert (collected["value"], collected["fulfilled"]) == (87.7, False)
