"""E1: an inspection opens a case in the officer's client; its days are counted by the law in force on them."""

from typing import Any

import pytest

from tests.journeys.house import MANAGER, OFFICER, House

CASE = {"enterpriseId": "works", "cause": "超标排放", "legalBasis": "生态环境法典 第一千一百零七条"}
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("investigateCase", {"conclusion": "属实"}),
    ("notifyCase", {"intendedFineYuan": 200_000.0}),
    ("decideCase", {"decision": "PENALTY", "decisionNo": "1", "fineYuan": 150_000.0}),
    ("fulfilCase", {"paidYuan": 150_000.0}),
    ("closeCase", {"reason": "已缴清"}),
)


@pytest.fixture(scope="module")
def bureau(house: House) -> House:
    house.place("registerEnterprise", "works", industry="x")
    return house


def filed(house: House, case: str, at: str = "2026-01-03T20:00:00Z", **more: Any) -> None:
    house.does("fileCase", OFFICER, caseId=case, occurredAt=at, **{**CASE, **more})


def steps(house: House, case: str, count: int, at: str) -> None:
    """Carry out so many steps of a case, all at one time."""
    for name, given in STEPS[:count]:
        house.does(name, OFFICER, caseId=case, occurredAt=at, **given)


def of(house: House, case: str, columns: str) -> tuple[Any, ...]:
    rows = house.one('cases(enterpriseId: "works")', f"caseId {columns}", OFFICER)
    (found,) = [tuple(row.values())[1:] for row in rows if row["caseId"] == case]
    return found


def test_a_case_goes_from_an_inspection_to_its_closing(bureau: House) -> None:
    seen = {"enterpriseId": "works", "inspectors": ["甲", "乙"], "findings": "超标", "violation": True}
    bureau.does("recordInspection", OFFICER, inspectionId="i", **seen)
    filed(bureau, "whole", inspectionId="i")
    assert "whole" in [row["caseId"] for row in bureau.one("openCases", "caseId", OFFICER)]
    # 20:00 UTC is the 4th in Xunyang; 行政处罚法 art. 60: 90 days: 27 of January, 28, 31 and four: 4 April
    assert of(bureau, "whole", "status decisionDueOn") == ("FILED", "2026-04-04")
    steps(bureau, "whole", 5, "2026-02-01T00:00:00Z")
    columns = "status fineYuan paidYuan paymentDueOn decidedLate paidLate"
    # art. 67: 15 days from the decision
    assert of(bureau, "whole", columns) == ("CLOSED", 150_000.0, 150_000.0, "2026-02-16", False, False)
    assert "whole" not in [row["caseId"] for row in bureau.one("openCases", "caseId", OFFICER)]
    (works,) = bureau.rows("enterprises", "inspections lastInspectedAt", OFFICER)
    assert works[0] == 1


@pytest.mark.parametrize(
    ("filed_at", "due"),
    [
        ("2021-07-14T00:00:00Z", "2021-10-14"),  # 环境行政处罚办法 (2010) art. 55: three months
        ("2021-07-15T00:00:00Z", "2021-10-13"),  # 行政处罚法 (2021) art. 60: 90 days
        ("2025-11-30T16:00:00Z", "2026-03-01"),  # 1 December in Xunyang
    ],
)
def test_a_decision_is_due_by_the_law_of_the_day_of_filing(bureau: House, filed_at: str, due: str) -> None:
    filed(bureau, f"due-{due}", filed_at)
    assert of(bureau, f"due-{due}", "decisionDueOn decidedLate") == (due, None)


def test_what_comes_late_is_told(bureau: House) -> None:
    filed(bureau, "late")
    steps(bureau, "late", 3, "2026-04-04T16:00:00Z")  # midnight of the 5th in Xunyang: a day too late
    assert of(bureau, "late", "decidedLate paymentDueOn paidLate") == (True, "2026-04-20", None)
    bureau.does("fulfilCase", OFFICER, caseId="late", paidYuan=160_000.0, occurredAt="2026-04-25T00:00:00Z")
    # art. 72: what is added for delay, 3 % a day, is never above the fine itself
    assert of(bureau, "late", "paidYuan paidLate") == (160_000.0, True)


def test_amounts_that_the_law_does_not_allow_are_refused(bureau: House) -> None:
    filed(bureau, "amounts")
    steps(bureau, "amounts", 2, "2026-02-01T00:00:00Z")
    more = {"caseId": "amounts", "decision": "PENALTY", "decisionNo": "2"}
    # arts. 44 and 62: no graver than what the party was told of
    assert bureau.refuses("decideCase", OFFICER, fineYuan=200_000.01, **more)
    bureau.does("decideCase", OFFICER, fineYuan=100_000.0, **more)
    assert bureau.refuses("fulfilCase", OFFICER, caseId="amounts", paidYuan=99_999.0)
    assert bureau.refuses("fulfilCase", OFFICER, caseId="amounts", paidYuan=200_001.0)
    bureau.does("fulfilCase", OFFICER, caseId="amounts", paidYuan=200_000.0)


def test_steps_come_in_their_order_and_against_enterprises_that_exist(bureau: House) -> None:
    filed(bureau, "order")
    assert bureau.refuses("decideCase", OFFICER, caseId="order", **STEPS[2][1]) == "illegal_step"
    early = {"caseId": "order", "conclusion": "x", "occurredAt": "2026-01-03T19:59:59Z"}
    assert bureau.refuses("investigateCase", OFFICER, **early) == "before_the_last_step"
    assert bureau.refuses("fileCase", OFFICER, caseId="none", **{**CASE, "enterpriseId": "moon"}) == (
        "unknown_enterprise"
    )
    assert bureau.refuses("fileCase", OFFICER, caseId="order", **CASE) == "illegal_step"


def test_the_enterprise_s_open_cases_stand_on_the_map_and_in_the_manager_s_figures(bureau: House) -> None:
    before = bureau.map("enforcement")["works"]["open_cases"]
    figure = bureau.one("overview", "openCases", MANAGER)["openCases"]
    filed(bureau, "shown")
    assert bureau.map("enforcement")["works"]["open_cases"] == before + 1
    assert bureau.one("overview", "openCases", MANAGER)["openCases"] == figure + 1
    bureau.does("closeCase", OFFICER, caseId="shown", reason="证据不足")
    assert bureau.map("enforcement")["works"]["open_cases"] == before
