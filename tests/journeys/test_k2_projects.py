"""K2: the plan's key projects and indicators are loaded from the district's files and shown to the manager."""

import pytest

from running.operations import OPERATIONS
from running.platform import silent
from tests.conftest import DISTRICT
from tests.factories import csv_rows
from tests.journeys.house import MANAGER, House


@pytest.fixture(scope="module")
def plan(house: House) -> House:
    OPERATIONS["load"](house.platform, {"folder": str(DISTRICT)}, silent)
    return house


def test_every_project_of_table_2_is_there_with_its_money_and_its_years(plan: House) -> None:
    printed = {row["project_id"]: row for row in csv_rows(DISTRICT / "plan_project.csv")}
    shown = plan.rows("projects", "projectId number budgetYuan fromYear untilYear unitZh", MANAGER)
    assert len(shown) == len(printed)
    assert {row[1] for row in shown} == set(range(1, 14))  # 表2: thirteen projects
    for project_id, number, budget, start, end, unit in shown:
        row = printed[project_id]
        assert (number, budget) == (int(row["number"]), float(row["budget_yuan"]))
        assert 2021 <= start <= end <= 2025
        assert unit


def test_the_thirteenth_is_the_one_that_this_is(plan: House) -> None:
    (row,) = [row for row in plan.rows("projects", "number nameZh", MANAGER) if row[0] == 13]
    assert "1357" in row[1]


def test_indicators_say_what_is_printed_and_whether_they_bind(plan: House) -> None:
    rows = plan.rows("indicators", "indicatorId unit targetText targetValue attribute", MANAGER)
    found = {row[0]: row[1:] for row in rows}
    assert {value[3] for value in found.values()} == {"BINDING", "EXPECTED"}
    assert found["3a"][0] == "%"
    # a target that is no number is kept as it is printed, and is none
    wordy = {name for name, (_, text, value, _) in found.items() if value is None and text}
    assert wordy


def test_a_restated_project_takes_the_place_of_the_first(plan: House) -> None:
    said = {
        "projectId": "extra", "number": 1, "categoryZh": "x", "nameZh": "甲", "nameEn": "A", "contentZh": "x",
        "unitZh": "x", "fromYear": 2021, "untilYear": 2023, "budgetYuan": 1e6,
    }  # fmt: skip
    plan.does("planProject", **said)
    plan.does("planProject", **{**said, "budgetYuan": 2e6})
    rows = plan.rows("projects", "projectId budgetYuan", MANAGER)
    assert [row for row in rows if row[0] == "extra"] == [("extra", 2e6)]


def test_loading_again_says_nothing_new(plan: House) -> None:
    before = plan.platform.log.ends()
    OPERATIONS["load"](plan.platform, {"folder": str(DISTRICT)}, silent)
    assert plan.platform.log.ends() == before
