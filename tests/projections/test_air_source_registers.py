"""Registers and counts of sources of air pollution: the last word counts, and shares are of what they say."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from eventlog.codec import Event
from tests.events import event
from tests.factories import Tables, place

LATE = datetime(2026, 4, 30, 16, 30, tzinfo=UTC)  # 00:30 of 1 May in Xunyang


def round_of_leaks(**said: Any) -> Event:
    given = {
        "round_id": "r", "enterprise_id": "e", "begun_on": date(2026, 1, 1), "ended_on": date(2026, 1, 20),
        "components": 16, "checked": 16, "leak_from_umol_mol": 5000.0, "leaking": 0, "repaired_in_time": 0,
        "repaired_late": 0, "unrepaired": 0,
    }  # fmt: skip
    return event("air.ldar_round_reported", "r", **{**given, **said})


@pytest.mark.parametrize(
    ("said", "shares"),
    [
        ({"checked": 16, "leaking": 1}, (100.0, 6.2, 0.0)),  # 6.25 %: halves go to the even digit (GB/T 8170)
        ({"checked": 16, "leaking": 3, "repaired_in_time": 1}, (100.0, 18.8, 33.3)),  # 18.75 and 33.33 %
        ({"checked": 8, "leaking": 0}, (50.0, 0.0, None)),  # of no leak there is no share
        ({"components": 0, "checked": 0}, (None, None, None)),
    ],
)
def test_shares_of_a_round_are_halved_to_even_and_null_of_nothing(
    tables: Tables, said: dict[str, Any], shares: tuple[float | None, ...]
) -> None:
    tables.given(round_of_leaks(**said))
    found = tables.row("SELECT checked_share, leaking_share, in_time_share FROM air.ldar_round")
    assert tuple(None if share is None else float(share) for share in found) == shares


@pytest.mark.parametrize(("reading", "strict"), [(4999.0, True), (5000.0, True), (5000.1, False)])
def test_points_leak_from_the_standard_s_reading_on(tables: Tables, reading: float, strict: bool) -> None:
    tables.given(round_of_leaks(leak_from_umol_mol=reading))  # GB 37822-2019: 5000 µmol/mol outside key regions
    assert tables.row("SELECT strict_enough, repair_within_days FROM air.ldar_round") == (strict, 15)


def odour(concentration: float, *, below: bool = False, number: str = "m", **more: Any) -> Event:
    said = {"measurement_id": number, "enterprise_id": "e", "odour_concentration": concentration}
    return event("air.odour_measured", number, measured_at=LATE, below_detection=below, **{**said, **more})


def listed(boundary_class: str | None, existing: bool, after: Event | None = None) -> Event:
    said = {"enterprise_id": "e", "boundary_class": boundary_class, "existing": existing}
    return event("air.odour_enterprise_listed", "e", after, **said)


@pytest.mark.parametrize(
    ("boundary", "existing", "concentration", "limit", "exceeds"),
    [
        ("CLASS_1", False, 10.0, 10, False),  # GB 14554-93 Table 1: what is on the limit keeps it
        ("CLASS_1", True, 10.5, 10, True),
        ("CLASS_2", False, 21.0, 20, True),
        ("CLASS_2", True, 21.0, 30, False),
        ("CLASS_3", False, 60.5, 60, True),
        ("CLASS_3", True, 70.0, 70, False),
        (None, False, 1000.0, None, None),
    ],
)
def test_an_odour_is_held_to_the_class_at_the_boundary(
    tables: Tables,
    boundary: str | None,
    existing: bool,
    concentration: float,
    limit: int | None,
    exceeds: bool | None,
) -> None:
    tables.given(listed(boundary, existing), odour(concentration))
    found, said = tables.row("SELECT odour_limit, exceeds FROM air.odour_measurement")
    assert (None if found is None else float(found), said) == (limit, exceeds)


def test_what_is_below_detection_does_not_exceed_and_a_relisted_works_is_held_anew(tables: Tables) -> None:
    first = listed("CLASS_1", False)
    tables.given(first, odour(30.0, below=True, number="a"), odour(30.0, number="b"))
    asked = "SELECT measurement_id, exceeds FROM air.odour_measurement ORDER BY 1"
    assert tables.rows(asked) == [("a", False), ("b", True)]
    tables.given(listed("CLASS_2", True, first))
    assert tables.rows(asked) == [("a", False), ("b", False)]


def test_a_complaint_is_of_the_local_day_and_its_last_word_counts(tables: Tables) -> None:
    first = event("air.odour_complaint_recorded", "c", complaint_id="c", smelled_at=LATE, smell="酸")
    tables.given(first)
    assert tables.row("SELECT day, smell FROM air.odour_complaint") == (date(2026, 5, 1), "酸")
    earlier = LATE.replace(minute=0, hour=15)
    tables.given(
        event("air.odour_complaint_recorded", "c", first, complaint_id="c", smelled_at=earlier, smell="油漆")
    )
    assert tables.rows("SELECT day, smell FROM air.odour_complaint") == [(date(2026, 4, 30), "油漆")]


def test_versions_of_a_plan_stay_and_the_highest_is_current(tables: Tables) -> None:
    first = event("air.voc_plan_adopted", "e", enterprise_id="e", version=1, target_reduction_t_per_year=2.0)
    second = event(
        "air.voc_plan_adopted", "e", first, enterprise_id="e", version=3, target_reduction_t_per_year=5.0
    )
    restated = event(
        "air.voc_plan_adopted", "e", second, enterprise_id="e", version=1, target_reduction_t_per_year=2.5
    )
    tables.given(first, second, restated)
    assert tables.rows("SELECT version, target_reduction_t_per_year, current FROM air.voc_plan ORDER BY 1") == [
        (1, 2.5, False), (3, 5.0, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("contents", "uses", "used"),
    [
        ([40.0, 100.0], [20.0, 5.0], 13.0),  # 20 t × 40 % + 5 t
        ([40.0, None], [20.0, 5.0], None),  # nobody knows how much of the second is volatile
        ([0.0], [20.0], 0.0),
        ([], [], None),  # nothing was said of materials
    ],
)
def test_what_an_enterprise_uses_follows_from_contents_that_are_known(
    tables: Tables, contents: list[float | None], uses: list[float], used: float | None
) -> None:
    names = [f"m{number}" for number in range(len(uses))]
    said = {"enterprise_id": "e", "voc_contents_percent": contents, "uses_t_per_year": uses}
    tables.given(event("air.voc_enterprise_registered", "e", materials=names, **said))
    assert tables.row("SELECT voc_used_t_per_year FROM air.voc_enterprise") == (used,)


def test_an_enterprise_that_is_in_no_other_register_has_no_name_and_counts_of_nothing(tables: Tables) -> None:
    tables.given(event("air.voc_enterprise_registered", "e", enterprise_id="e"))
    columns = "name_zh, planned_measures, planned_reduction_t_per_year, tanks, bypasses, unreported_openings"
    assert tables.row(f"SELECT {columns} FROM air.voc_enterprise") == (None, 0, None, 0, 0, 0)
    tables.given(
        place(
            "enforcement.enterprise_registered", "enterprise", "e", industry="x", address=None, subdistrict_id=None
        )
    )
    assert tables.row("SELECT name_zh FROM air.voc_enterprise") == ("e",)


def stated(at: datetime, *, fan: bool, purifier: bool, after: Event | None = None) -> Event:
    said = {"catering_id": "h", "stated_at": at, "fan_on": fan, "purifier_on": purifier}
    return event("air.purifier_stated", "h", after, **said)


def test_a_statement_holds_until_the_next_and_no_longer_than_two_hours(tables: Tables) -> None:
    first = stated(LATE, fan=True, purifier=False)
    second = stated(LATE.replace(hour=17), fan=True, purifier=True, after=first)
    third = stated(LATE.replace(hour=23), fan=False, purifier=False, after=second)
    tables.given(first, second, third)
    spans = tables.rows("SELECT stated_at, holds_until FROM air.purifier_span ORDER BY 1")
    hours = [round((until - since).total_seconds() / 3600, 2) for since, until in spans]
    assert hours == [1.0, 2.0, 2.0]  # the platform's own rule, in catering_rules.csv
    assert tables.row("SELECT hours FROM air.purifier_lapse") == (1.0,)


def test_a_fan_that_is_off_lapses_nothing_and_runs_of_lapses_are_one(tables: Tables) -> None:
    first = stated(LATE.replace(hour=1), fan=True, purifier=False)
    second = stated(LATE.replace(hour=2), fan=True, purifier=False, after=first)
    third = stated(LATE.replace(hour=3), fan=False, purifier=False, after=second)
    tables.given(first, second, third)
    # from 01:30 to 03:30, while the fan ran
    assert tables.rows("SELECT hours FROM air.purifier_lapse") == [(2.0,)]


def ghg(enterprise: str, energy: float, *, key: bool = True, after: Event | None = None, **more: Any) -> Event:
    said = {"enterprise_id": enterprise, "year": 2025, "energy_tce": energy, "key_energy_unit": key}
    amounts = {"scope1_t_co2e": 10.0, "scope2_t_co2e": 5.0, "output": 3.0}
    return event("air.ghg_reported", f"{enterprise}/2025", after, **{**said, **amounts, **more})


def test_key_units_are_summed_real_and_simulated_apart(tables: Tables) -> None:
    tables.given(ghg("a", 100.0), ghg("b", 50.5), ghg("c", 7.0, key=False), ghg("d", 1.0, source="simulator"))
    columns = "simulated, units, energy_tce, total_t_co2e"
    assert tables.rows(f"SELECT {columns} FROM air.key_unit_energy ORDER BY simulated") == [
        (False, 2, 150.5, 30.0), (True, 1, 1.0, 15.0),
    ]  # fmt: skip


def test_a_unit_that_is_no_key_unit_any_more_leaves_the_sum(tables: Tables) -> None:
    first = ghg("a", 100.0)
    returned = event("air.ghg_returned", "a/2025", first, enterprise_id="a", year=2025, reason="x")
    tables.given(first, returned)
    columns = "units, returned_units, energy_tce, total_t_co2e"
    assert tables.row(f"SELECT {columns} FROM air.key_unit_energy") == (1, 1, 0.0, 0.0)
    tables.given(ghg("a", 90.0, key=False, after=returned))
    assert tables.rows("FROM air.key_unit_energy") == []


def test_a_returned_report_stands_in_no_sum_until_it_is_made_again(tables: Tables) -> None:
    first = ghg("a", 100.0)
    returned = event("air.ghg_returned", "a/2025", first, enterprise_id="a", year=2025, reason="x")
    tables.given(first, returned, ghg("b", 50.0))
    columns = "units, returned_units, energy_tce, total_t_co2e"
    assert tables.row(f"SELECT {columns} FROM air.key_unit_energy") == (2, 1, 50.0, 15.0)
    tables.given(ghg("a", 80.0, after=returned))
    assert tables.row(f"SELECT {columns} FROM air.key_unit_energy") == (2, 0, 130.0, 30.0)


def action(number: str, kind: str, amount: float, unit: str, **more: Any) -> Event:
    said = {"action_no": number, "account_id": "p", "kind": kind, "amount": amount, "unit": unit}
    return event("air.low_carbon_action_recorded", number, **{**said, "acted_on": date(2026, 5, 1), **more})


def test_actions_are_summed_by_kind_real_and_simulated_apart(tables: Tables) -> None:
    tables.given(
        action("1", "WALKING", 10.0, "km"), action("2", "WALKING", 5.0, "km"),
        action("3", "WALKING", 100.0, "km", source="simulator"), action("4", "CYCLING", 5.0, "km"),
        action("5", "BUS", 1.0, "km", acted_on=date(2020, 12, 31)),
    )  # fmt: skip
    columns = "kind, simulated, actions, rewarded, coins, reduction_kg_co2e"
    # 0.2 kg/km on foot and by bicycle; no factor is in force before 2021
    assert tables.rows(f"SELECT {columns} FROM air.low_carbon_total ORDER BY 1, 2") == [
        ("BUS", False, 1, 0, 0, None), ("CYCLING", False, 1, 0, 0, 1.0), ("WALKING", False, 2, 0, 0, 3.0),
        ("WALKING", True, 1, 0, 0, 20.0),
    ]  # fmt: skip


def test_the_last_word_on_a_measure_of_the_reduction_list_counts(tables: Tables) -> None:
    first = event("air.reduction_measure_listed", "m", measure_id="m", enterprise_id="e", measure="停一条线")
    tables.given(first)
    tables.given(
        event("air.reduction_measure_listed", "m", first, measure_id="m", enterprise_id="e", measure="停两条线")
    )
    assert tables.rows("SELECT measure_id, measure FROM air.reduction_measure") == [("m", "停两条线")]


def test_a_forecast_is_restated_and_scored_against_nothing_while_its_day_is_to_come(tables: Tables) -> None:
    said = {"forecast_id": "f", "area_id": "x", "day": date(2026, 5, 2), "aqi_low": 40}
    first = event("air.forecast_issued", "f", aqi_high=60, occurred_at=LATE, **said)
    tables.given(first)
    tables.given(event("air.forecast_issued", "f", first, aqi_high=80, occurred_at=LATE, **said))
    assert tables.rows("SELECT aqi_low, aqi_high FROM air.forecast") == [(40, 80)]
    # issued at 00:30 of 1 May in Xunyang for the 2nd
    columns = "lead_days, observed_aqi, level_hit, aqi_error"
    assert tables.row(f"SELECT {columns} FROM air.forecast_score") == (1, None, None, None)


def test_a_report_of_an_inspection_is_restated_by_its_number(tables: Tables) -> None:
    said = {"report_no": "1", "plate": "赣G1", "plate_colour": "BLUE", "inspected_on": date(2026, 1, 1)}
    first = event("air.vehicle_inspected", "1", result="FAIL", **said)
    tables.given(first)
    tables.given(event("air.vehicle_inspected", "1", first, result="PASS", **said))
    assert tables.rows("SELECT report_no, result FROM air.vehicle_inspection") == [("1", "PASS")]


def test_captures_stand_by_what_was_decided_last_and_count_in_their_hour(tables: Tables) -> None:
    seen = {"site_id": "cam", "plate": "赣G1", "plate_colour": "BLUE", "ringelmann": 2.0}
    captures = [
        event("air.smoky_vehicle_captured", f"cam/{n}", record_no=str(n), passed_at=LATE, **seen) for n in range(3)
    ]
    reviews = [
        event(
            "air.smoky_vehicle_reviewed",
            f"cam/{n}",
            captures[n],
            site_id="cam",
            record_no=str(n),
            decision=decision,
        )
        for n, decision in enumerate(("CONFIRMED", "REJECTED"))
    ]
    tables.given(*captures, *reviews)
    assert tables.rows("SELECT record_no, state FROM air.smoky_vehicle ORDER BY 1") == [
        ("0", "CONFIRMED"), ("1", "REJECTED"), ("2", "PENDING"),
    ]  # fmt: skip
    found = tables.row("SELECT hour, passes, captures, confirmed FROM air.vehicle_device_hour")
    assert found == (datetime(2026, 4, 30, 16), 0, 3, 1)  # noqa: DTZ001
    assert tables.row("SELECT day, captures FROM air.vehicle_device_day") == (date(2026, 5, 1), 3)


def machine(number: str, **more: Any) -> Event:
    said = {"registration_no": number, "kind": "LOADER", "fuel": "DIESEL", "power_kw": 50.0, "emission_stage": "II"}
    return event("air.machinery_registered", number, **{**said, **more})


def test_machines_are_counted_by_kind_and_stage_and_simulated_ones_apart(tables: Tables) -> None:
    first = machine("1")
    tables.given(
        first, machine("2"), machine("3", emission_stage="IV"), machine("4", source="simulator"),
        event("air.machinery_scrapped", "1", first, registration_no="1"),
    )  # fmt: skip
    columns = "emission_stage, stage_zh, machines, simulated"
    assert tables.rows(f"SELECT {columns} FROM air.machinery_count ORDER BY 1, 4") == [
        ("II", "国二", 1, False), ("II", "国二", 1, True), ("IV", "国四", 1, False),
    ]  # fmt: skip
