"""Vehicles and machinery: given passes, captures, inspections and moves, what is concluded of them."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import Tables, envelope, place

NOTHING = dict.fromkeys(("speed_km_h", "acceleration_m_s2", "co_percent", "hc_ppm", "no_ppm", "ringelmann"))


def passed(
    record_no: str, day: datetime, opacity: float | None = 34.0, previous: Event | None = None, **more: Any
) -> Event:
    before = previous.fields["event_id"] if previous else None
    event_id = str(uuid.uuid5(uuid.NAMESPACE_OID, repr((record_no, day, opacity, before, more))))
    return Event(
        "air.vehicle_measured",
        {
            **envelope(f"vehicle_pass/d/{record_no}", before, event_id=event_id),
            "site_id": "d", "record_no": record_no, "passed_at": day, "plate": "赣G1", "plate_colour": "BLUE",
            "fuel": "DIESEL", **NOTHING, "vsp_kw_t": 8.0, "opacity_percent": opacity, "valid": True, "mark": "",
            **more,
        },
    )  # fmt: skip


def on(month: int, day: int = 1, year: int = 2021) -> datetime:
    return datetime(year, month, day, 2, tzinfo=UTC)


def judged(tables: Tables) -> tuple[Any, ...]:
    return tables.row("SELECT valid, why_invalid, exceeded FROM air.vehicle_pass")


@pytest.mark.parametrize(
    ("more", "why", "exceeded"),
    [
        ({}, [], ["opacity_percent"]),
        ({"valid": False}, ["device"], []),
        ({"mark": "D"}, ["mark"], []),
        ({"mark": "?"}, ["mark"], []),
        ({"vsp_kw_t": 20.0}, [], ["opacity_percent"]),
        ({"vsp_kw_t": 20.1}, ["vsp_kw_t"], []),
        ({"vsp_kw_t": -0.1}, ["vsp_kw_t"], []),
        ({"vsp_kw_t": None}, ["vsp_kw_t"], []),
        ({"vsp_kw_t": float("nan")}, ["vsp_kw_t"], []),
        ({"opacity_percent": 30.0}, [], []),
        ({"opacity_percent": 9999.0}, [], []),
        ({"opacity_percent": float("inf")}, [], []),
        ({"ringelmann": 1.0, "no_ppm": 1500.5}, [], ["no_ppm", "opacity_percent"]),
        ({"ringelmann": 2.0, "opacity_percent": 3.0}, [], ["ringelmann"]),
        ({"fuel": "PETROL"}, [], []),
        ({"passed_at": on(7, 26, 2017)}, [], []),
    ],
)
def test_a_pass_is_judged_where_it_is_valid(
    tables: Tables, more: dict[str, Any], why: list[str], exceeded: list[str]
) -> None:
    tables.given(passed("1", on(9), **more))
    assert judged(tables) == (not why, why, exceeded)


def offender(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.rows(
        "SELECT exceeding, repeat_offender, list_transform(met, lambda m: m.record_no) FROM air.vehicle_offender"
    )


@pytest.mark.parametrize(
    ("passes", "row"),
    [
        ([(on(1), 34.0)], (1, False, [])),
        ([(on(1), 34.0), (on(2), 34.0)], (2, True, ["2"])),
        ([(on(1), 34.0), (on(7), 34.0)], (2, True, ["2"])),
        ([(on(1), 34.0), (on(7, 2), 34.0)], (2, False, [])),
        ([(on(1), 34.0), (on(2), 12.0), (on(3), 34.0)], (2, False, [])),
        ([(on(1), 34.0), (on(2), None), (on(3), 34.0)], (2, True, ["3"])),
        ([(on(1), 34.0), (on(8), 34.0), (on(9), 34.0)], (3, True, ["3"])),
    ],
)
def test_who_exceeds_in_consecutive_valid_passes_within_six_months_repeats(
    tables: Tables, passes: list[tuple[datetime, float | None]], row: tuple[Any, ...]
) -> None:
    tables.given(*(passed(str(n), at, opacity) for n, (at, opacity) in enumerate(passes, 1)))
    assert offender(tables) == [row]


def test_invalid_passes_neither_count_nor_part_those_that_do(tables: Tables) -> None:
    tables.given(passed("1", on(1)), passed("2", on(2), 3.0, vsp_kw_t=40.0), passed("3", on(3)))
    assert offender(tables) == [(2, True, ["3"])]


def test_one_pollutant_has_to_exceed_twice(tables: Tables) -> None:
    tables.given(passed("1", on(1)), passed("2", on(2), 3.0, ringelmann=2.0))
    assert offender(tables) == [(2, False, [])]


def test_a_corrected_plate_clears_the_one_that_was_misread(tables: Tables) -> None:
    first, second = passed("1", on(1)), passed("2", on(2))
    tables.given(first, second)
    tables.given(passed("2", on(2), previous=second, plate="赣G7"))
    assert tables.rows("SELECT plate, exceeding, repeat_offender FROM air.vehicle_offender ORDER BY ALL") == [
        ("赣G1", 1, False), ("赣G7", 1, False),
    ]  # fmt: skip


def test_a_plate_that_was_not_read_is_no_offender(tables: Tables) -> None:
    tables.given(passed("1", on(1), plate=None), passed("2", on(2), plate=None))
    assert tables.row("SELECT count(*) FROM air.vehicle_pass") == (2,)
    assert offender(tables) == []


def inspected(report_no: str, day: date, result: str) -> Event:
    said = {"report_no": report_no, "plate": "赣G1", "plate_colour": "BLUE", "inspected_on": day, "result": result}
    more = {"station": "x", "method": None, "inspector": None}
    return Event("air.vehicle_inspected", {**envelope(f"vehicle_inspection/{report_no}"), **said, **more})


@pytest.mark.parametrize(
    ("inspections", "remedied"),
    [
        ([], False),
        ([(date(2020, 12, 1), "PASS")], False),
        ([(date(2021, 1, 1), "PASS")], False),
        ([(date(2021, 1, 2), "PASS")], True),
        ([(date(2021, 1, 2), "PASS"), (date(2021, 1, 3), "FAIL")], False),
        ([(date(2021, 1, 2), "FAIL"), (date(2021, 1, 3), "PASS")], True),
    ],
)
def test_an_offender_is_remedied_by_an_inspection_that_it_passed_since(
    tables: Tables, inspections: list[tuple[date, str]], remedied: bool
) -> None:
    tables.given(passed("1", on(1)), *(inspected(str(n), *said) for n, said in enumerate(inspections)))
    assert tables.row("SELECT remedied FROM air.vehicle_offender") == (remedied,)


def test_hours_and_days_are_local(tables: Tables) -> None:
    late = datetime(2021, 1, 1, 15, 59, tzinfo=UTC)
    tables.given(passed("1", late), passed("2", late.replace(hour=16), 3.0), passed("3", late, 3.0, valid=False))
    assert tables.rows("SELECT day, passes, valid, exceeding FROM air.vehicle_device_day ORDER BY day") == [
        (date(2021, 1, 1), 2, 1, 1), (date(2021, 1, 2), 1, 1, 0),
    ]  # fmt: skip


def machine(**more: Any) -> Event:
    empty = dict.fromkeys(("made_on", "model", "machine_code", "serial_no", "plate", "owner", "enterprise_id"))
    said = {"registration_no": "1", "kind": "LOADER", "fuel": "DIESEL", "power_kw": 50.0, "emission_stage": "III"}
    return Event("air.machinery_registered", {**envelope("machinery/1"), **said, **empty, **more})


def then(event: str, previous: Event, **said: Any) -> Event:
    return Event(event, {**envelope("machinery/1", previous.fields["event_id"]), "registration_no": "1", **said})


@pytest.mark.parametrize(
    ("stage", "power", "opacity", "limit", "within"),
    [
        ("III", 37.0, 0.8, 0.8, True),
        ("III", 36.9, 0.8, 1.0, True),
        ("II", 18.9, 3.01, 3.0, False),
        ("II", 19.0, 2.0, 2.0, True),
        ("UNKNOWN", 50.0, 0.1, None, None),
        ("III", None, 0.1, None, None),
        ("III", 50.0, None, 0.8, None),
    ],
)
def test_smoke_is_compared_with_the_limit_of_stage_and_power(
    tables: Tables, stage: str, power: float | None, opacity: float | None, limit: float | None, within: bool | None
) -> None:
    first = machine(emission_stage=stage, power_kw=power)
    smoke = {"inspected_on": date(2022, 1, 1), "opacity_m_1": opacity, "ringelmann": None, "passed": True}
    tables.given(first, then("air.machinery_inspected", first, **smoke, inspector=None))
    assert tables.row("SELECT opacity_limit_m_1, within_limits FROM air.machinery") == (limit, within)


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [
        (1.0, 1.0, True),
        (3.0, 3.0, False),
        (3.0, 1.0, True),
        (1.0, 3.0, True),
        (5.0, 1.0, False),
        (1.0, -1.0, False),
    ],
)
def test_a_zone_may_have_a_corner_that_is_cut_out(tables: Tables, lon: float, lat: float, inside: bool) -> None:
    outline = "[0.0, 4.0, 4.0, 2.0, 2.0, 0.0], [0.0, 0.0, 2.0, 2.0, 4.0, 4.0]"
    assert tables.row(f"SELECT in_outline({lon}, {lat}, {outline})") == (inside,)


def test_a_machine_stands_where_its_place_is_and_moves_with_its_register(tables: Tables) -> None:
    first = machine(emission_stage="UNKNOWN")
    site = place("risk.receptor_registered", "receptor", "s", category="SCHOOL", people=None)
    zone = {
        "zone_id": "z", "name_zh": "z", "name_en": "z", "lons": [115.0, 117.0, 117.0, 115.0],
        "lats": [29.0, 29.0, 30.0, 30.0], "minimum_stage": "III", "in_force_from": date(2021, 1, 1),
        "in_force_until": None, "basis": "x",
    }  # fmt: skip
    tables.given(
        first,
        then("air.machinery_moved", first, direction="ENTERED", place_id="s", lon=None, lat=None),
        Event("air.low_emission_zone_defined", {**envelope("low_emission_zone/z"), **zone}),
    )
    assert tables.rows("FROM air.zone_machinery") == []
    tables.given(site)
    assert tables.row("SELECT place_id, lon, below_minimum FROM air.zone_machinery") == ("s", 116.0, None)


def test_limits_of_moving_sources_say_their_status(tables: Tables) -> None:
    for name in (
        "vehicle_limits", "vehicle_conditions", "vehicle_rules", "machinery_smoke_limits", "machinery_stages",
        "low_carbon_actions",
    ):  # fmt: skip
        assert tables.row(f"SELECT count(*) FROM standards.{name} WHERE coalesce(status, '') = ''") == (0,)
