"""Tanks, bypasses and odours: given what was registered and found, what is concluded."""

from datetime import timedelta
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import NOON, Tables, envelope

FLOATING = "FLOATING_ROOF_OR_TREATMENT"


def tank(**fields: Any) -> Event:
    empty = dict.fromkeys(("seal", "secondary_seal", "vapour_treatment", "treatment_efficiency_percent"))
    given = {"tank_id": "t", "enterprise_id": "e", "content": "x", "volume_m3": 100.0, "vapour_pressure_kpa": 30.0}
    return Event("air.tank_registered", {**envelope("tank/t"), **empty, **given, "kind": "FIXED_ROOF", **fields})


@pytest.mark.parametrize(
    ("fields", "requirement", "meets"),
    [
        ({"vapour_pressure_kpa": 27.5}, "NONE", True),
        ({"vapour_pressure_kpa": 27.6}, FLOATING, False),
        ({"volume_m3": 74.9}, "NONE", True),
        ({"vapour_pressure_kpa": None}, None, None),
        ({"vapour_pressure_kpa": None, "volume_m3": 10.0}, "NONE", True),
        ({"vapour_pressure_kpa": 76.6, "vapour_treatment": "TREATED"}, "PRESSURE_TANK", False),
        ({"vapour_pressure_kpa": 76.6, "kind": "PRESSURE"}, "PRESSURE_TANK", True),
        ({"vapour_treatment": "TREATED", "treatment_efficiency_percent": 80.0}, FLOATING, True),
        ({"vapour_treatment": "TREATED", "treatment_efficiency_percent": 79.9}, FLOATING, False),
        ({"vapour_treatment": "TREATED"}, FLOATING, None),
        ({"vapour_treatment": "BALANCED"}, FLOATING, True),
        ({"vapour_treatment": "NONE", "kind": "INTERNAL_FLOATING", "seal": "OTHER"}, FLOATING, False),
        ({"vapour_treatment": "NONE", "kind": "INTERNAL_FLOATING"}, FLOATING, None),
        ({"vapour_treatment": "NONE", "kind": "EXTERNAL_FLOATING", "seal": "MECHANICAL_SHOE",
          "secondary_seal": False}, FLOATING, False),
        ({"kind": "EXTERNAL_FLOATING", "seal": "MECHANICAL_SHOE", "secondary_seal": True}, FLOATING, True),
    ],
)  # fmt: skip
def test_a_tank_is_judged_by_the_requirement_that_applies(
    tables: Tables, fields: dict[str, Any], requirement: str | None, meets: bool | None
) -> None:
    said = {"vapour_treatment": "NONE", **fields}
    tables.given(tank(**said))
    assert tables.row("SELECT requirement, meets FROM air.tank") == (requirement, meets)


def chain(*said: tuple[str, int, dict[str, Any]]) -> list[Event]:
    """Events of one bypass, each so many minutes after noon."""
    events: list[Event] = []
    for name, minute, fields in said:
        previous = events[-1].fields["event_id"] if events else None
        at = NOON + timedelta(minutes=minute)
        begun = envelope("bypass/b", previous, recorded_at=at)
        timed = {f"{name}_at": at} if name in ("opened", "closed") else {}
        events.append(Event(f"air.bypass_{name}", {**begun, "bypass_id": "b", **timed, **fields}))
    return events


def test_openings_are_counted_and_each_has_its_own_end_and_report(tables: Tables) -> None:
    monitored = {"flow_monitored": False, "valve_monitored": False}
    entry = {"enterprise_id": "e", "place": "x", "kept_for": "x", "seal_no": None, **monitored}
    opened, closed = {"reason": "x", "reported_at": None}, {"seal_no": "7", "remark": None}
    tables.given(*chain(
        ("registered", 0, entry), ("opened", 10, opened), ("closed", 40, closed), ("opened", 50, opened),
        ("opening_reported", 60, {"opening": 1, "reported_at": NOON + timedelta(hours=1)}),
    ))  # fmt: skip
    sql = "SELECT opening, duration_h, reported_at IS NULL FROM air.bypass_opening ORDER BY opening"
    assert tables.rows(sql) == [(1, 0.5, False), (2, None, True)]
    assert tables.row("SELECT state, seal_no, openings, unreported_openings FROM air.bypass") == ("OPEN", "7", 2, 1)


def listed(boundary_class: str | None, existing: bool) -> Event:
    said = {"substances": [], "sources": [], "reason": "x", "listed_on": NOON.date()}
    fields = {"enterprise_id": "e", **said, "boundary_class": boundary_class, "existing": existing}
    return Event("air.odour_enterprise_listed", {**envelope("odour_enterprise/e"), **fields})


@pytest.mark.parametrize(
    ("boundary_class", "existing", "below", "concluded"),
    [
        ("CLASS_2", False, False, (20, True)),
        ("CLASS_2", False, True, (20, False)),
        ("CLASS_2", True, False, (30, False)),
        ("CLASS_3", True, False, (70, False)),
        (None, True, False, (None, None)),
    ],
)
def test_an_odour_is_compared_with_the_limit_at_its_boundary(
    tables: Tables, boundary_class: str | None, existing: bool, below: bool, concluded: tuple[Any, Any]
) -> None:
    fields = {"measurement_id": "m", "enterprise_id": "e", "measured_at": NOON, "point": "x", "method": "x"}
    said = {**envelope("odour_measurement/m"), **fields, "odour_concentration": 21.0, "below_detection": below}
    tables.given(listed(boundary_class, existing), Event("air.odour_measured", said))
    assert tables.row("SELECT odour_limit, exceeds FROM air.odour_enterprise") == concluded
