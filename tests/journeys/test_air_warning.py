"""A level is recommended from what was observed and forecast; people issue, adjust and lift the warning."""

import pytest

from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, enterprise, fold
from tests.journeys.test_air_forecast import day_observed, forecast


@pytest.mark.parametrize(
    ("year", "forecasts", "level"),
    [
        (2025, [150, 150], None),
        (2025, [201], "ORANGE"),  # with the day observed above 200 before, two in a row
        (2025, [151], "YELLOW"),
        (2025, [151, 151], "ORANGE"),
        (2025, [201, 201], "ORANGE"),
        (2025, [201, 301], "RED"),
        (2025, [100, 201, 201], "ORANGE"),
        (2025, [100, 201, 100], "YELLOW"),
        (2022, [151, 151], None),  # until 2023 only what is above 200 counted
        (2022, [201], "YELLOW"),
        (2022, [201, 201], "ORANGE"),
        (2022, [301, 301], "ORANGE"),  # for red it took four days, two of them above 300
        (2022, [301, 301, 201], "RED"),
        (2022, [100, 499], None),
        (2022, [100, 500], "RED"),
        (2017, [500], None),  # nothing is known of the rules of that year
    ],
)
def test_the_level_follows_from_runs_of_observed_and_forecast_days_by_the_rules_of_its_day(
    ask: Ask, platform: Platform, year: int, forecasts: list[int], level: str | None
) -> None:
    day_observed(ask, platform, f"{year}-01-03", 160)  # AQI 210
    for ahead, aqi in enumerate(forecasts):
        issued, day = f"{year}-01-03T20:00:00Z", f"{year}-01-{4 + ahead:02}"  # the 4th in Xunyang
        assert forecast(ask, str(ahead), issued, day, 50, aqi) == "Accepted"
    fold(platform)
    found = ask('{ warningRecommendations(areaId: "x") { nodes { level } } }')["warningRecommendations"]["nodes"]
    assert found == [{"level": level}]


def test_a_warning_is_issued_adjusted_and_lifted_and_says_which_measures_are_in_force(
    ask: Ask, platform: Platform
) -> None:
    day_observed(ask, platform, "2022-01-03", 160)
    enterprise(ask, "e")
    for number, level in enumerate(("YELLOW", "ORANGE")):
        said = {"enterpriseId": "e", "level": level, "grade": "C", "measure": f"停产{number}"}
        assert command(ask, "listReductionMeasure", measureId=str(number), **said)["eventIds"]
    one = {"warningId": "w"}
    assert command(ask, "liftWarning", **one, reason="x")["code"] == "illegal_step"
    assert command(ask, "issueWarning", **one, areaId="x", level="YELLOW", reason="预报")["eventIds"]
    assert command(ask, "adjustWarning", **one, level="YELLOW", reason="x")["code"] == "same_level"
    assert command(ask, "adjustWarning", **one, level="ORANGE", reason="加重")["eventIds"]
    in_force = '{ measuresInForce(warningId: "w") { enterpriseId measure } }'
    assert ask(in_force) == {"measuresInForce": [{"enterpriseId": "e", "measure": "停产1"}]}
    assert command(ask, "liftWarning", **one, reason=" ")["code"] == "empty"
    assert command(ask, "liftWarning", **one, reason="好转")["eventIds"]
    assert command(ask, "adjustWarning", **one, level="RED", reason="x")["code"] == "illegal_step"
    assert ask(in_force) == {"measuresInForce": []}
    assert ask("{ airWarnings { nodes { status level firstLevel liftingReason } } }")["airWarnings"]["nodes"] == [
        {"status": "LIFTED", "level": "ORANGE", "firstLevel": "YELLOW", "liftingReason": "好转"}
    ]
    assert ask('{ airWarnings(asOf: "2022-01-01T00:00:00Z") { nodes { status } } }') == {
        "airWarnings": {"nodes": []}
    }
