"""W4: an officer registers outfalls and reports their four tasks; discharges are held to the standard of each."""

from typing import Any

import pytest

from tests.journeys.house import MANAGER, OFFICER, PLACE, House

SEWAGE = {"dischargeStandard": "GB 18918-2002", "dischargeLevel": "一级A", "builtOn": "2017-06-01"}
SPAN = 'since: "2026-05-01T00:00:00Z", until: "2026-06-01T00:00:00Z"'


@pytest.fixture(scope="module")
def bank(house: House) -> House:
    house.place("registerRiver", "yangtze")
    return house


def outfall(house: House, site_id: str, **more: Any) -> None:
    house.does("registerOutfall", OFFICER, siteId=site_id, waterBodyId="yangtze", **{**PLACE, **more})


def task(house: House, code: str, name: str, state: str, **more: Any) -> None:
    house.does("reportOutfallTask", OFFICER, siteId=code, task=name, state=state, **more)


def of(house: House, code: str, columns: str) -> tuple[Any, ...]:
    (row,) = house.rows(f'outfalls(siteId: "{code}")', columns, OFFICER)
    return row


def day(house: House, code: str, number: int, values: dict[str, float], **more: Any) -> None:
    house.hears(code, f"2026-05-{number:02}T00:00:00+08:00", values, period="DAY", **more)


def results(house: House, code: str) -> list[tuple[bool, dict[str, Any]]]:
    """Of each sampling whether it exceeds, and the items with (limit as printed, over it, by how much)."""
    rows = house.rows(
        f'outfallResults({SPAN}, siteId: "{code}")',
        "exceeds items { factor printedLimit overLimit exceededBy }",
        OFFICER,
    )
    return [
        (exceeds, {i["factor"]: (i["printedLimit"], i["overLimit"], i["exceededBy"]) for i in items})
        for exceeds, items in rows
    ]


def test_the_four_tasks_go_in_their_order_and_name_who_answers(bank: House) -> None:
    outfall(bank, "a", responsibleBody="登记单位", code="LA-360403-0001-SH-00")
    assert of(bank, "a", "screening tasksDone responsibleBody") == (None, 0, "登记单位")
    early = {"siteId": "a", "task": "REMEDY", "state": "UNDER_WAY", "measure": "MERGE", "dueOn": "2026-06-30"}
    assert bank.refuses("reportOutfallTask", OFFICER, **early) == "illegal_step"
    task(bank, "a", "SCREENING", "DONE")
    task(bank, "a", "MONITORING", "UNDER_WAY")
    task(bank, "a", "TRACING", "DONE", responsibleBody="实际单位", tracedTo=["works"])
    task(bank, "a", "REMEDY", "PLANNED", measure="MERGE", dueOn="2026-06-30")
    columns = "screening monitoring tracing remedy tasksDone responsibleBody tracedTo measure nextDueOn"
    assert of(bank, "a", columns) == (
        "DONE", "UNDER_WAY", "DONE", "PLANNED", 2, "实际单位", ["works"], "MERGE", "2026-06-30",
    )  # fmt: skip
    assert ("a",) in bank.rows('outfalls(overdueOn: "2026-07-01")', "siteId", OFFICER)
    # it is done, and no more overdue; a task does not go back
    task(bank, "a", "REMEDY", "DONE", measure="MERGE")
    assert ("a",) not in bank.rows('outfalls(overdueOn: "2026-07-01")', "siteId", OFFICER)
    back = {"siteId": "a", "task": "REMEDY", "state": "PLANNED", "measure": "BAN", "dueOn": "2026-12-31"}
    assert bank.refuses("reportOutfallTask", OFFICER, **back) == "step_back"


def test_progress_is_counted_over_all_outfalls(bank: House) -> None:
    before = {row[0]: row[1:] for row in bank.rows("outfallProgress", "task outfalls done notBegun", OFFICER)}
    for code in ("b1", "b2", "b3"):
        outfall(bank, code)
    task(bank, "b1", "SCREENING", "DONE")
    task(bank, "b2", "SCREENING", "UNDER_WAY")
    now = {row[0]: row[1:] for row in bank.rows("outfallProgress", "task outfalls done notBegun", OFFICER)}
    old = before.get("SCREENING", (0, 0, 0))
    assert now["SCREENING"] == (old[0] + 3, old[1] + 1, old[2] + 1)
    assert now["TRACING"][0] == old[0] + 3
    (share,) = [row[1] for row in bank.rows("outfallProgress", "task shareDone", OFFICER) if row[0] == "SCREENING"]
    assert share == pytest.approx(100 * now["SCREENING"][1] / now["SCREENING"][0], abs=0.05)


def test_a_sewage_works_effluent_is_held_to_its_level_by_the_day(bank: House) -> None:
    outfall(bank, "works", **SEWAGE)
    day(bank, "works", 2, {"COD": 50.0, "BOD5": 10.0, "TP": 0.5})
    # GB 18918-2002 Table 1, 一级A: COD 50, BOD5 10, TP 0.5 for works built from 2006 on; on the limit it is kept
    assert results(bank, "works")[-1] == (
        False, {"COD": ("50", False, None), "BOD5": ("10", False, None), "TP": ("0.5", False, None)},
    )  # fmt: skip
    day(bank, "works", 3, {"COD": 60.0, "TP": 0.65})
    assert results(bank, "works")[-1] == (True, {"COD": ("50", True, 0.2), "TP": ("0.5", True, 0.3)})
    # the laboratory corrects 0.65 to 0.45 and 60 to 49
    day(bank, "works", 3, {"COD": 49.0, "TP": 0.45})
    assert results(bank, "works")[-1] == (False, {"COD": ("50", False, None), "TP": ("0.5", False, None)})


def test_ammonia_is_held_by_the_water_s_temperature(bank: House) -> None:
    outfall(bank, "cold", **SEWAGE)
    # GB 18918-2002 Table 1 一级A: 5 (8) mg/L, the number in brackets at 12 °C and below
    day(bank, "cold", 4, {"NH3-N": 7.0, "water_temp": 12.0})
    day(bank, "cold", 5, {"NH3-N": 7.0, "water_temp": 12.1})
    assert [exceeds for exceeds, _ in results(bank, "cold")] == [False, True]


def test_an_hour_tells_but_does_not_judge_and_an_outfall_without_a_standard_is_not_held_to_one(bank: House) -> None:
    outfall(bank, "hourly", **SEWAGE)
    bank.hears("hourly", "2026-05-06T00:00:00Z", {"COD": 90.0})
    assert results(bank, "hourly") == [(False, {"COD": ("50", True, 0.8)})]  # the standard is one of daily means
    outfall(bank, "free")
    day(bank, "free", 6, {"COD": 900.0})
    assert results(bank, "free") == []


def test_what_no_standard_knows_is_refused_and_the_map_shows_where_they_stand(bank: House) -> None:
    odd = {"siteId": "odd", "waterBodyId": "yangtze", **PLACE}
    level = {"dischargeStandard": "GB 18918-2002", "dischargeLevel": "特级"}
    assert bank.refuses("registerOutfall", OFFICER, **odd, **level) == "unknown_level"
    assert bank.refuses("registerOutfall", OFFICER, **odd, code="LA-1") == "malformed_code"
    outfall(bank, "shown")
    assert bank.map("outfall")["shown"]["water_body_id"] == "yangtze"
    assert not bank.lists("outfalls", MANAGER)  # the manager sees the district, not the pipe
