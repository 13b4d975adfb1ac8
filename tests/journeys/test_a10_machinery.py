"""A10: non-road machinery is registered, inspected and moved; zones find what is below their stage."""

from typing import Any

import pytest

from tests.journeys.house import PLACE, House

ZONE = {
    "zoneId": "z", "nameZh": "禁用区", "nameEn": "zone", "lons": [115.9, 116.1, 116.1, 115.9],
    "lats": [29.6, 29.6, 29.8, 29.8], "minimumStage": "III", "inForceFrom": "2026-01-01", "basis": "通告",
}  # fmt: skip
DIGGER = {"kind": "EXCAVATOR", "fuel": "DIESEL", "powerKw": 110.0}


@pytest.fixture(scope="module")
def zone(house: House) -> House:
    house.does("defineLowEmissionZone", **ZONE)
    house.does("registerDustSource", siteId="site", dustKind="CONSTRUCTION", **PLACE)
    return house


def register(house: House, number: str, stage: str, **more: Any) -> None:
    house.does("registerMachinery", registrationNo=number, emissionStage=stage, **{**DIGGER, **more})


def moves(house: House, number: str, direction: str = "ENTERED", **more: Any) -> None:
    at = {"placeId": "site", "occurredAt": "2026-05-01T00:00:00Z", **more}
    house.does("moveMachinery", registrationNo=number, direction=direction, **at)


def found(house: House, day: str, *numbers: str) -> list[tuple[Any, ...]]:
    rows = house.rows(f'zoneMachinery(on: "{day}", zoneId: "z")', "registrationNo belowMinimum withinZoneLimits")
    return [row for row in rows if row[0] in numbers]


def test_what_is_below_the_stage_of_a_zone_is_found_where_it_stands(zone: House) -> None:
    for number, stage in (("A1", "II"), ("A2", "III"), ("A3", "IV"), ("A4", "UNKNOWN"), ("A5", "NO_ENGINE")):
        register(zone, number, stage, fuel="ELECTRIC" if stage == "NO_ENGINE" else "DIESEL")
        moves(zone, number)
    # 国二 is below 国三; what is not known is not said, and what has no engine keeps every stage
    assert found(zone, "2026-05-02", "A1", "A2", "A3", "A4", "A5") == [
        ("A1", True, None), ("A2", False, None), ("A3", False, None), ("A4", None, None), ("A5", False, None),
    ]  # fmt: skip
    below = f'zoneMachinery(on: "2026-05-02", zoneId: "{ZONE["zoneId"]}", belowMinimum: true)'
    assert "A1" in [row[0] for row in zone.rows(below, "registrationNo")]


def test_a_zone_counts_on_days_in_force_and_a_machine_from_the_local_day_it_came(zone: House) -> None:
    register(zone, "B1", "II")
    moves(zone, "B1", occurredAt="2026-05-03T16:30:00Z")  # 00:30 of the 4th in Xunyang
    assert found(zone, "2026-05-03", "B1") == []
    assert found(zone, "2026-05-04", "B1") == [("B1", True, None)]
    assert found(zone, "2025-12-31", "B1") == []  # before the zone is in force
    moves(zone, "B1", "LEFT", occurredAt="2026-05-05T00:00:00Z")
    assert found(zone, "2026-05-06", "B1") == []
    moves(zone, "B1", placeId="elsewhere", lon=117.0, lat=29.7, occurredAt="2026-05-07T00:00:00Z")
    assert found(zone, "2026-05-08", "B1") == []  # beyond the outline
    moves(zone, "B1", placeId="elsewhere", lon=116.0, lat=29.7, occurredAt="2026-05-09T00:00:00Z")
    assert found(zone, "2026-05-10", "B1") == [("B1", True, None)]


def test_smoke_is_held_to_the_engine_s_limit_and_to_the_zone_s(zone: House) -> None:
    register(zone, "C1", "III")
    moves(zone, "C1")
    inspected = {"registrationNo": "C1", "inspectedOn": "2026-05-02"}
    zone.does("inspectMachinery", opacityM1=0.8, passed=True, **inspected)
    columns = "registrationNo withinLimits opacityLimitM1 limitCategory"
    # GB 36886-2018 Table 1: stage III from 37 kW has 0.80 1/m (category II); a zone asks for category III, 0.50
    assert ("C1", True, 0.8, "II") in zone.rows("machinery", columns)
    assert found(zone, "2026-05-03", "C1") == [("C1", False, False)]
    later = {"registrationNo": "C1", "inspectedOn": "2026-06-02"}
    zone.does("inspectMachinery", opacityM1=0.5, passed=True, **later)
    assert found(zone, "2026-06-03", "C1") == [("C1", False, True)]
    # the register's stage was wrong: it is a machine of stage I, which may emit 1.61 and may not work in the zone
    register(zone, "C1", "I")
    assert ("C1", True, 1.61, "I") in zone.rows("machinery", columns)
    assert found(zone, "2026-06-03", "C1") == [("C1", True, True)]


def test_machines_in_use_are_counted_by_kind_and_stage(zone: House) -> None:
    for number in ("D1", "D2"):
        register(zone, number, "II", kind="LOADER", powerKw=50.0)
    zone.does("inspectMachinery", registrationNo="D1", inspectedOn="2026-05-02", opacityM1=1.62, passed=True)
    counts = "kind emissionStage stageZh machines inspected beyondLimits simulated"
    # stage II from 37 kW has 1.61 1/m
    assert ("LOADER", "II", "国二", 2, 1, 1, False) in zone.rows("machineryCounts", counts)
    zone.does("scrapMachinery", registrationNo="D1", scrappedOn="2026-06-01")
    assert ("LOADER", "II", "国二", 1, 0, 0, False) in zone.rows("machineryCounts", counts)
    moved = {"registrationNo": "D1", "direction": "ENTERED", "placeId": "site"}
    assert zone.refuses("moveMachinery", **moved) == "illegal_step"


def test_what_is_not_in_the_register_neither_moves_nor_smokes(zone: House) -> None:
    nobody = {"registrationNo": "moon"}
    assert zone.refuses("moveMachinery", direction="ENTERED", placeId="site", **nobody) == "unknown_machinery"
    assert zone.refuses("inspectMachinery", inspectedOn="2026-05-02", passed=True, **nobody) == "unknown_machinery"
    register(zone, "E1", "II")
    tomorrow = {"registrationNo": "E1", "inspectedOn": "2026-11-24", "opacityM1": 1.0, "passed": True}
    assert zone.refuses("inspectMachinery", **tomorrow) == "in_the_future"
    assert zone.refuses("scrapMachinery", registrationNo="E1", scrappedOn="2026-11-24") == "in_the_future"
    crooked = {**ZONE, "zoneId": "y", "lats": [29.6, 29.6]}
    assert zone.refuses("defineLowEmissionZone", **crooked)
