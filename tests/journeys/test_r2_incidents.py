"""R2: an officer reports an incident and escalates it; deadlines follow the level; the manager sees it open."""

from typing import Any

import pytest

from tests.journeys.house import MANAGER, OFFICER, House

AT = "2026-05-01T01:00:00Z"


@pytest.fixture(scope="module")
def town(house: House) -> House:
    house.place("registerRiskSource", "tank", substances=["苯"], quantitiesT=[12.0])
    return house


def reported(house: House, number: str, level: int, at: str = AT, **more: Any) -> None:
    said = {"titleZh": "苯泄漏", "titleEn": "Spill", "reportedBy": "甲", "siteId": "tank", **more}
    house.does("reportIncident", OFFICER, incidentId=number, level=level, occurredAt=at, **said)


def of(house: House, number: str, columns: str, path: str = OFFICER) -> tuple[Any, ...]:
    rows = house.rows("incidents", f"incidentId {columns}", path)
    (found,) = [row[1:] for row in rows if row[0] == number]
    return tuple(found)


@pytest.mark.parametrize(("level", "hours"), [(1, 2), (2, 2), (3, 4), (4, 4)])
def test_the_next_authority_is_told_by_the_level_s_hours(town: House, level: int, hours: int) -> None:
    reported(town, f"level-{level}", level)
    # 突发环境事件信息报告办法 art. 3: two hours for levels Ⅰ and Ⅱ, four for Ⅲ and Ⅳ
    assert of(town, f"level-{level}", "reportDueAt") == (f"2026-05-01T{1 + hours:02}:00:00+00:00",)


def test_an_escalation_counts_anew_by_the_graver_level_and_the_manager_sees_it(town: House) -> None:
    before = town.one("overview", "openIncidents", MANAGER)["openIncidents"]
    reported(town, "grave", 4)
    assert town.one("overview", "openIncidents", MANAGER)["openIncidents"] == before + 1
    later = {"incidentId": "grave", "level": 2, "reason": "流入河道"}
    town.does("escalateIncident", OFFICER, occurredAt="2026-05-01T03:30:00Z", **later)
    # arts. 3 and 6: two hours from the escalation on
    columns = "level firstLevel timesEscalated reportDueAt"
    assert of(town, "grave", columns, MANAGER) == (2, 4, 1, "2026-05-01T05:30:00+00:00")
    again = {"incidentId": "grave", "level": 3, "reason": "x"}
    assert town.refuses("escalateIncident", OFFICER, **again) == "not_graver"
    shown = town.map("risk")["grave"]
    assert (shown["level"], shown["status"]) == (2, "OPEN")


def test_a_closed_incident_is_open_no_more(town: House) -> None:
    reported(town, "over", 3)
    open_ones = [row[0] for row in town.rows("incidents(status: OPEN)", "incidentId", OFFICER)]
    assert "over" in open_ones
    early = {"incidentId": "over", "conclusion": "x", "occurredAt": "2026-05-01T00:59:59Z"}
    assert town.refuses("closeIncident", OFFICER, **early) == "before_the_last_step"
    town.does("closeIncident", OFFICER, incidentId="over", conclusion="处置完毕", occurredAt="2026-05-02T00:00:00Z")
    assert "over" not in [row[0] for row in town.rows("incidents(status: OPEN)", "incidentId", OFFICER)]
    assert of(town, "over", "status conclusion") == ("CLOSED", "处置完毕")
    assert town.refuses("escalateIncident", OFFICER, incidentId="over", level=1, reason="x") == "illegal_step"


def test_an_incident_is_reported_once_and_at_a_level_that_there_is(town: House) -> None:
    reported(town, "once", 4)
    said = {"titleZh": "x", "titleEn": "x", "reportedBy": "x"}
    assert town.refuses("reportIncident", OFFICER, incidentId="once", level=4, **said) == "illegal_step"
    assert town.refuses("reportIncident", OFFICER, incidentId="five", level=5, **said)
    assert town.refuses("closeIncident", OFFICER, incidentId="moon", conclusion="x") == "illegal_step"
