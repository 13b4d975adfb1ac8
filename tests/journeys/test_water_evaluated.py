"""Sections over months and years, indicators 3 to 5, drinking-water sources with their warning, lakes' alarm."""

from typing import Any

import pytest

from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, fold

PLACE = {"nameZh": "甲", "nameEn": "A", "positionSource": "test"}
GOOD = {"pH": 7.5, "DO": 8.1, "CODMn": 1.8, "NH3-N": 0.12, "TP": 0.08}
YEAR = 'since: "2022-01-01", until: "2022-12-31"'
TIMES = 'since: "2022-01-01T00:00:00Z", until: "2023-01-01T00:00:00Z"'


def observe(ask: Ask, site_id: str, at: str, values: dict[str, Any], marks: dict[str, str] | None = None) -> None:
    readings = [{"factor": f, "value": v, "mark": (marks or {}).get(f, "")} for f, v in values.items()]
    given = {"siteId": site_id, "period": "DAY", "observedAt": at, "source": "test", "readings": readings}
    document = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
    assert ask(document, input=[given])["recordObservations"]["accepted"] == 1


@pytest.fixture
def waters(ask: Ask) -> Ask:
    """A river with a national section that is a drinking-water source and a district one, and a lake."""
    for name, code, more in (
        ("registerRiver", "river", {}),
        (
            "registerSection",
            "intake",
            {"waterBodyId": "river", "waterBodyKind": "RIVER", "control": "NATIONAL", "drinkingWaterSource": True,
             "targetClass": 2},
        ),
        ("registerSection", "bridge", {"waterBodyId": "river", "waterBodyKind": "RIVER", "control": "DISTRICT"}),
        ("registerLake", "lake", {"targetClass": 3}),
    ):  # fmt: skip
        assert command(ask, name, siteId=code, **PLACE, **more)["eventIds"]
    return ask


def test_months_quarters_and_years_are_judged_by_means(waters: Ask, platform: Platform) -> None:
    observe(waters, "intake", "2022-01-02T16:00:00Z", {**GOOD, "COD": 14.0})
    observe(waters, "intake", "2022-01-03T16:00:00Z", {**GOOD, "COD": 17.0})  # the month's mean is 15.5
    observe(waters, "intake", "2022-02-02T16:00:00Z", {**GOOD, "COD": 14.4})  # the year's is (15.5 + 14.4) / 2
    observe(waters, "intake", "2022-04-02T16:00:00Z", {**GOOD, "COD": 14.95})
    observe(waters, "bridge", "2022-01-02T16:00:00Z", {**GOOD, "COD": 41.0})
    fold(platform)
    asked = f"""{{
      waterEvaluations({YEAR}, subjectId: "intake") {{ span startsOn class months meetsTarget
        means {{ factor mean samplings }} }}
      waterClassShares({YEAR}, span: "YEAR") {{ nodes {{ indicatorId sections counted share }} }}
      riverEvaluations({YEAR}, span: "YEAR") {{
        nodes {{ sections byClass goodShare class gradeZh mainPollutants }} }} }}"""
    found = waters(asked)
    january, quarter, year, february, _april, _second = found["waterEvaluations"]
    assert [(e["span"], e["startsOn"], e["class"], e["months"]) for e in (january, february, quarter, year)] == [
        ("MONTH", "2022-01-01", 3, 1), ("MONTH", "2022-02-01", 2, 1), ("QUARTER", "2022-01-01", 2, 2),
        ("YEAR", "2022-01-01", 2, 3),
    ]  # fmt: skip
    assert (january["meetsTarget"], year["meetsTarget"]) == (False, True)
    assert {"factor": "COD", "mean": 14.95, "samplings": 3} in quarter["means"]
    assert {"factor": "COD", "mean": 14.95, "samplings": 4} in year["means"]
    assert [list(row.values()) for row in found["waterClassShares"]["nodes"]] == [
        ["3a", 1, 1, 100.0], ["3b", 2, 1, 50.0], ["4", 1, 1, 100.0], ["5", 1, 0, 0.0],
    ]  # fmt: skip
    (river,) = found["riverEvaluations"]["nodes"]
    assert river == {
        "sections": 2, "byClass": [0, 1, 0, 0, 0, 1], "goodShare": 50.0, "class": 4, "gradeZh": "轻度污染",
        "mainPollutants": ["COD"],
    }  # fmt: skip


def test_a_drinking_water_source_warns_before_and_beyond_its_limits(waters: Ask, platform: Platform) -> None:
    observe(waters, "intake", "2022-01-02T16:00:00Z", {**GOOD, "SO4": 210.0, "Mn": 0.02, "trichloroethylene": 0.01})
    observe(waters, "intake", "2022-01-03T16:00:00Z", {**GOOD, "Mn": 0.125, "faecal_coliform": 9e5})
    fold(platform)
    fields = "{ nodes { meetsStandard items warnings { factor kind printedLimit limitTable exceededBy } } }"
    near, beyond = waters(f"{{ sourceAssessments({TIMES}) {fields} }}")["sourceAssessments"]["nodes"]
    assert near == {"meetsStandard": True, "items": 8, "warnings": [{
        "factor": "SO4", "kind": "APPROACHING", "printedLimit": "250", "limitTable": "Table 2", "exceededBy": None,
    }]}  # fmt: skip
    assert (beyond["meetsStandard"], beyond["warnings"][0]["factor"]) == (False, "Mn")
    assert beyond["warnings"][0]["exceededBy"] == 0.25
    asked = f'{{ sourceRates({YEAR}, span: "YEAR") {{ nodes {{ sources meeting share months suffices }} }} }}'
    (rate,) = waters(asked)["sourceRates"]["nodes"]
    assert rate == {"sources": 1, "meeting": 0, "share": 0.0, "months": 1, "suffices": False}
    asked = f'{{ waterAlarms({TIMES}, kind: "SOURCE") {{ nodes {{ level about }} }} }}'
    alarms = waters(asked)["waterAlarms"]["nodes"]
    assert alarms == [{"level": "EXCEEDED", "about": ["Mn"]}, {"level": "APPROACHING", "about": ["SO4"]}]


def test_a_lake_whose_trophic_class_rises_raises_an_alarm(waters: Ask, platform: Platform) -> None:
    clear = {"chla": 10.0, "TP": 0.05, "TN": 1.0, "SD": 1.0, "CODMn": 4.0}
    green = {"chla": 30.0, "TP": 0.12, "TN": 2.0, "SD": 0.6, "CODMn": 6.0}
    observe(waters, "lake", "2022-01-02T16:00:00Z", clear)
    observe(waters, "lake", "2022-02-02T16:00:00Z", green)
    observe(waters, "lake", "2022-02-03T16:00:00Z", {**green, "chla": None})  # four of five items: no index
    fold(platform)
    asked = f'{{ trophicStates({TIMES}, span: "DAY") {{ nodes {{ tli class nameZh }} }} }}'
    states = waters(asked)["trophicStates"]["nodes"]
    assert [list(state.values()) for state in states] == [[48.0181, 2, "中营养"], [59.7647, 3, "轻度富营养"]]
    asked = f'{{ waterAlarms({TIMES}, kind: "TROPHIC") {{ nodes {{ alarmId about }} }} }}'
    alarms = waters(asked)["waterAlarms"]["nodes"]
    assert [alarm["alarmId"] for alarm in alarms] == [
        "TROPHIC/lake/DAY/2022-02-02T16:00:00Z", "TROPHIC/lake/MONTH/2022-01-31T16:00:00Z",
    ]  # fmt: skip
    assert command(
        waters, "handleWaterAlarm", alarmId=alarms[1]["alarmId"], siteId="lake", decision="CONFIRMED",
        reason="打捞蓝藻", decidedBy="甲",
    )["eventIds"]  # fmt: skip
    asked = f'{{ waterAlarms({TIMES}, kind: "TROPHIC", decided: false) {{ nodes {{ alarmId }} }} }}'
    left = waters(asked)["waterAlarms"]["nodes"]
    assert left == [{"alarmId": alarms[0]["alarmId"]}]
    assert command(
        waters, "handleWaterAlarm", alarmId="TROPHIC/pond/DAY/x", siteId="lake", decision="CONFIRMED", reason="x",
        decidedBy="x",
    )["code"] == "unknown_alarm"  # fmt: skip


def test_an_hour_of_an_automatic_station_does_not_fail_a_source_for_a_year(waters: Ask, platform: Platform) -> None:
    observe(waters, "intake", "2022-01-02T16:00:00Z", {**GOOD, "Mn": 0.02})
    hour = {"siteId": "intake", "period": "HOUR", "observedAt": "2022-01-03T04:00:00Z", "source": "test"}
    document = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
    readings = [{"factor": "Mn", "value": 0.125, "mark": ""}]
    assert waters(document, input=[{**hour, "readings": readings}])["recordObservations"]["accepted"] == 1
    fold(platform)
    found = waters(f'{{ sourceRates({YEAR}, span: "MONTH") {{ nodes {{ sources meeting share suffices }} }} }}')
    assert found["sourceRates"]["nodes"] == [{"sources": 1, "meeting": 1, "share": 100.0, "suffices": True}]


@pytest.mark.parametrize(
    ("said", "mean", "class_"),
    [((9.10, 8.98), 9.035868, 2), ((6.0, 8.0), 6.296709, 2), ((9.4, 9.7), 9.524595, 6), ((5.5, 5.6), 5.547128, 2)],
)
def test_the_ph_of_a_month_is_that_of_its_mean_hydrogen_ions(
    waters: Ask, platform: Platform, said: tuple[float, float], mean: float, class_: int
) -> None:
    # -log10((10^-9.10 + 10^-8.98) / 2) = 9.0359, compared as 9 (总站水字〔2020〕90号); the numbers' mean is 9.04
    for day, ph in zip(("02", "03"), said, strict=True):
        observe(waters, "intake", f"2022-01-{day}T16:00:00Z", {**GOOD, "COD": 14.0, "pH": ph})
    fold(platform)
    asked = f'{{ waterEvaluations({YEAR}, subjectId: "intake") {{ span class means {{ factor mean }} }} }}'
    for each in waters(asked)["waterEvaluations"]:
        (found,) = (item["mean"] for item in each["means"] if item["factor"] == "pH")
        assert (each["class"], float(found)) == (class_, mean)


def test_a_day_of_hours_has_the_ph_of_its_mean_hydrogen_ions(waters: Ask, platform: Platform) -> None:
    for hour, ph in (("00", 6.0), ("04", 8.0)):
        readings = [{"factor": "pH", "value": ph, "mark": ""}]
        given = {"siteId": "intake", "period": "HOUR", "observedAt": f"2022-01-02T{hour}:00:00Z", "source": "test",
                 "readings": readings}  # fmt: skip
        document = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
        assert waters(document, input=[given])["recordObservations"]["accepted"] == 1
    fold(platform)
    asked = f'{{ waterEvaluations({YEAR}, subjectId: "intake") {{ means {{ factor mean }} }} }}'
    assert {float(m["mean"]) for e in waters(asked)["waterEvaluations"] for m in e["means"]} == {6.296709}
