"""Indicators of the plan: what is computed of a year, when it is whole, and what it is held to."""

from datetime import date
from typing import Any

import pytest

from eventlog.codec import Event
from tests.events import event
from tests.factories import Tables, place


def planned(identity: str, **said: Any) -> Event:
    return event("district.indicator_planned", identity, indicator_id=identity, **said)


def reported(identity: str, year: int, value: float, after: Event | None = None, **more: Any) -> Event:
    said = {"indicator_id": identity, "year": year, "value": value, "document": "年报"}
    return event("district.indicator_reported", f"{identity}/{year}", after, **{**said, **more})


def month(number: int, plant: str = "p", treated: float = 90.0, bod5: float | None = 45.0, **more: Any) -> Event:
    said = {"plant_id": plant, "month": date(2025, number, 1), "inflow_m3": 1000.0}
    given = {**said, "treated_m3": treated, "inflow_bod5_mg_l": bod5}
    return event("water.plant_load_reported", f"{plant}/{number}", **given, **more)


def people(number: int, discharged: float = 100.0, area: str = "x", **more: Any) -> Event:
    said = {"area_id": area, "month": date(2025, number, 1), "people": 100, "discharged_m3": discharged}
    return event("water.sewage_discharge_reported", f"{area}/{number}", **said, **more)


def computed(tables: Tables, identity: str) -> list[tuple[Any, ...]]:
    rows = tables.rows(f"SELECT year, value, valid FROM plan.computed WHERE indicator_id = '{identity}'")
    return [(year, None if value is None else float(value), valid) for year, value, valid in rows]


def test_a_year_of_sewage_is_weighed_by_what_was_discharged_and_whole_with_twelve_months(tables: Tables) -> None:
    tables.given(month(1), people(1), month(2, treated=150.0), people(2, discharged=300.0))
    # 90 of 100 m³ and 150 of 300 m³: 240 of 400 m³
    assert computed(tables, "18b") == [(2025, 60.0, False)]
    tables.given(*(said for number in range(3, 13) for said in (month(number), people(number))))
    # 12 months: 240 + 10 × 90 of 400 + 10 × 100
    assert computed(tables, "18b") == [(2025, 81.4, True)]


def test_a_year_s_rate_is_rounded_once(tables: Tables) -> None:
    # 31.246 of 100 m³ in each month but two, whose 31.25 and 31.255 of 100 m³ round to 31.2 and 31.3 by themselves
    treated = [31.246] * 10 + [31.25, 31.255]
    tables.given(*(said for n, t in enumerate(treated, 1) for said in (month(n, treated=t), people(n))))
    rates = tables.rows("SELECT DISTINCT treatment_rate FROM water.sewage_rate ORDER BY 1")
    assert [float(rate) for (rate,) in rates] == [31.2, 31.3]
    assert computed(tables, "18b") == [(2025, 31.2, True)]


def test_a_real_year_is_not_summed_with_a_simulator_s(tables: Tables) -> None:
    tables.given(month(1, "s", treated=10.0, source="simulator"), people(1, source="simulator", area="sim"))
    assert computed(tables, "18b") == [(2025, 10.0, False)]
    tables.given(month(1), people(1))
    assert computed(tables, "18b") == [(2025, 90.0, False)]
    rates = "SELECT simulated, treatment_rate FROM water.sewage_rate ORDER BY simulated"
    assert [(simulated, float(rate)) for simulated, rate in tables.rows(rates)] == [(False, 90.0), (True, 10.0)]


def test_a_subdistrict_of_a_simulator_is_missing_from_no_real_month(tables: Tables) -> None:
    tables.given(
        place("district.subdistrict_registered", "subdistrict", "x"),
        place("district.subdistrict_registered", "subdistrict", "sim", source="simulator"),
        month(1), people(1),
    )  # fmt: skip
    assert tables.rows("SELECT suffices, simulated FROM water.sewage_rate") == [(True, False)]
    tables.given(place("district.subdistrict_registered", "subdistrict", "y"))
    assert tables.rows("SELECT suffices, simulated FROM water.sewage_rate") == [(False, False)]


def test_a_month_without_bod5_leaves_the_year_without_a_collection_rate(tables: Tables) -> None:
    tables.given(month(1), people(1))
    # 1,000 m³ × 45 g = 45 kg of 100 people × 45 g × 31 days = 139.5 kg
    assert computed(tables, "18a") == [(2025, 32.3, False)]
    tables.given(month(2, bod5=None), people(2))
    assert computed(tables, "18a") == [(2025, None, False)]


@pytest.mark.parametrize(
    ("identity", "goal", "value", "fulfilled"),
    [
        ("10", {"target_value": 8.0}, 8.0, True),  # at least
        ("10", {"target_value": 8.0}, 7.9, False),
        ("6", {"target_value": 20.0}, 20.0, True),  # at most
        ("6", {"target_value": 20.0}, 20.1, False),
        ("14", {"target_value": 1.3}, 1.3, False),  # below
        ("14", {"target_value": 1.3}, 1.2, True),
        ("7a", {"target_value": 5.0}, 5.0, None),  # set year by year by province and city
        ("16", {}, 50.0, None),  # the plan prints no number
    ],
)
def test_what_is_reported_is_held_to_the_plan_s_number(
    tables: Tables, identity: str, goal: dict[str, float], value: float, fulfilled: bool | None
) -> None:
    tables.given(planned(identity, **goal), reported(identity, 2025, value))
    assert tables.row("SELECT year, value, fulfilled, origin, valid FROM plan.progress") == (
        2025, value, fulfilled, "REPORTED", True,
    )  # fmt: skip


def test_a_report_is_restated_year_by_year_and_of_what_is_not_planned_nothing_is_shown(tables: Tables) -> None:
    first = reported("10", 2024, 7.0)
    tables.given(first, reported("10", 2025, 7.5))
    assert tables.rows("FROM plan.progress") == []
    tables.given(planned("10", target_value=8.0), reported("10", 2024, 9.0, first, document="更正"))
    assert tables.rows("SELECT year, value, document, fulfilled FROM plan.progress ORDER BY year") == [
        (2024, 9.0, "更正", True), (2025, 7.5, "年报", False),
    ]  # fmt: skip


def test_a_report_on_what_is_computed_counts_nothing(tables: Tables) -> None:
    tables.given(planned("18b", target_value=95.0), reported("18b", 2025, 99.0))
    assert tables.rows("FROM plan.progress") == []
    tables.given(month(1), people(1))
    assert tables.row("SELECT value, origin, fulfilled FROM plan.progress")[1:] == ("COMPUTED", None)


def test_the_plan_s_rows_are_restated_by_their_id(tables: Tables) -> None:
    first = planned("1", target_text="35", target_value=35.0)
    tables.given(first)
    tables.given(
        event("district.indicator_planned", "1", first, indicator_id="1", target_text="34", target_value=34.0)
    )
    assert tables.rows("SELECT indicator_id, target_text, target_value FROM plan.indicator") == [("1", "34", 34.0)]
    project = event("district.project_planned", "13", project_id="13", budget_yuan=1e7)
    tables.given(project)
    tables.given(event("district.project_planned", "13", project, project_id="13", budget_yuan=2e7))
    assert tables.rows("SELECT project_id, budget_yuan FROM plan.project") == [("13", 2e7)]
