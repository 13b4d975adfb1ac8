"""Non-road mobile machinery: register, inspections, moves, and zones in which the dirtiest must not work."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.checks import expect_past_day
from services.decider import Command, Decide, Decider, Fact, require, restated, stated
from services.registers import register

_REGISTRATION_NO = re.compile(r"[0-9A-Z\u4e00-\u9fff-]{1,32}")
"""Of the form of environmental registration numbers no more is known here than which characters they have."""

_MACHINE_CODE = re.compile(r"[0-9A-Z]{17}")


@dataclass(frozen=True, kw_only=True)
class RegisterMachinery(Command):
    """Enter a non-road mobile machine in the register, or restate its entry: power in kW."""

    registration_no: str
    kind: str
    fuel: str
    power_kw: float | None = None
    emission_stage: str
    made_on: date | None = None
    model: str | None = None
    machine_code: str | None = None
    serial_no: str | None = None
    plate: str | None = None
    owner: str | None = None
    enterprise_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class InspectMachinery(Command):
    """Record an inspection of a machine's smoke: light absorption in 1/m, or a Ringelmann number."""

    registration_no: str
    inspected_on: date
    opacity_m_1: float | None = None
    ringelmann: float | None = None
    passed: bool
    inspector: str | None = None


@dataclass(frozen=True, kw_only=True)
class MoveMachinery(Command):
    """Record that a machine ENTERED or LEFT a place; a position is needed where the place has none of its own."""

    registration_no: str
    direction: str
    place_id: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, kw_only=True)
class ScrapMachinery(Command):
    """Record that a machine was scrapped; it can't be entered again."""

    registration_no: str
    scrapped_on: date
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class DefineLowEmissionZone(Command):
    """Define a zone by the corners of its outline, and the lowest emission stage that may be used in it."""

    zone_id: str
    name_zh: str
    name_en: str
    lons: Sequence[float]
    lats: Sequence[float]
    minimum_stage: str
    in_force_from: date
    in_force_until: date | None = None
    basis: str


@dataclass(frozen=True)
class Machine:
    """What the handler knows of a machine: the last fact of each kind."""

    entry: Fact | None = None
    inspection: Fact | None = None
    move: Fact | None = None
    scrapping: Fact | None = None


_FIELDS = {
    "air.machinery_registered": "entry",
    "air.machinery_inspected": "inspection",
    "air.machinery_moved": "move",
    "air.machinery_scrapped": "scrapping",
}


def register_machinery(command: RegisterMachinery, state: Machine, _now: datetime) -> Sequence[Fact]:
    require(
        bool(_REGISTRATION_NO.fullmatch(command.registration_no)),
        "malformed_number",
        f"{command.registration_no!r} has characters that no registration number has",
        "registration_no",
        "Give it as it is printed: digits, capital letters, Chinese characters and hyphens.",
    )
    require(
        command.machine_code is None or bool(_MACHINE_CODE.fullmatch(command.machine_code)),
        "malformed_code",
        f"{command.machine_code!r} is not 17 digits and capital letters",
        "machine_code",
        "Give the maker's code (机械环保代码), or leave it out.",
    )
    power = command.power_kw
    require(
        power is None or (math.isfinite(power) and power > 0),
        "impossible_power",
        f"the power is {power} kW",
        "power_kw",
        "Give a power above 0, or leave it out.",
    )
    electric = command.fuel == "ELECTRIC"
    require(
        electric == (command.emission_stage == "NO_ENGINE"),
        "stage_and_fuel_differ",
        f"the fuel is {command.fuel} and the stage {command.emission_stage}",
        "emission_stage",
        "Use NO_ENGINE for what is electric, and for nothing else.",
    )
    return restated(stated("air.machinery_registered", command), state.entry)


def inspect_machinery(command: InspectMachinery, state: Machine, now: datetime) -> Sequence[Fact]:
    expect_past_day(command.inspected_on, now, "inspected_on")
    opacity, ringelmann = command.opacity_m_1, command.ringelmann
    require(
        opacity is not None or ringelmann is not None,
        "nothing_measured",
        "there is neither a light absorption nor a Ringelmann number",
        "opacity_m_1",
        "Give one of them.",
    )
    for where, value, most in (("opacity_m_1", opacity, 100.0), ("ringelmann", ringelmann, 5.0)):
        require(
            value is None or 0 <= value <= most,
            "impossible_smoke",
            f"{where} is {value}",
            where,
            f"Give 0 to {most:.0f}, or leave it out.",
        )
    return restated(stated("air.machinery_inspected", command), state.inspection)


def move_machinery(command: MoveMachinery, state: Machine, _now: datetime) -> Sequence[Fact]:
    lon, lat = command.lon, command.lat
    require(
        (lon is None) == (lat is None) and (lon is None or lat is None or _on_earth(lon, lat)),
        "impossible_position",
        f"the position is {lon}, {lat}",
        "lon",
        "Give degrees of WGS 84, both or none; longitude and latitude may be swapped.",
    )
    before = state.move.fields if state.move else {}
    standing = before.get("place_id") if before.get("direction") == "ENTERED" else None
    require(
        command.direction != "LEFT" or standing == command.place_id,
        "not_there",
        f"{command.registration_no} stands {f'at {standing}' if standing else 'at no place that is known'}",
        "place_id",
        "Name the place that it entered last.",
    )
    return restated(stated("air.machinery_moved", command), state.move)


def scrap_machinery(command: ScrapMachinery, _state: Machine, now: datetime) -> Sequence[Fact]:
    expect_past_day(command.scrapped_on, now, "scrapped_on")
    return [stated("air.machinery_scrapped", command)]


def evolve(state: Machine, fact: Fact) -> Machine:
    return replace(state, **{_FIELDS[fact.event]: fact})


def define_zone(command: DefineLowEmissionZone, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    corners = list(zip(command.lons, command.lats, strict=False))
    require(
        len(command.lons) == len(command.lats) and len(set(corners)) >= 3,
        "no_outline",
        f"{len(command.lons)} longitudes and {len(command.lats)} latitudes",
        "lats",
        "Give at least three corners, a longitude and a latitude for each.",
    )
    require(
        all(_on_earth(lon, lat) for lon, lat in corners),
        "impossible_position",
        "a corner is nowhere on earth",
        "lons",
        "Give degrees of WGS 84; longitude and latitude may be swapped.",
    )
    require(
        command.in_force_until is None or command.in_force_from <= command.in_force_until,
        "impossible_order",
        f"it would end on {command.in_force_until}, before {command.in_force_from}",
        "in_force_until",
        "Correct one of the days.",
    )
    require(
        command.minimum_stage not in ("UNKNOWN", "NO_ENGINE"),
        "no_stage",
        f"{command.minimum_stage} is no stage to be kept",
        "minimum_stage",
        "Use BEFORE_I, I, II, III or IV.",
    )
    return _ZONE.decide(command, entry, now)


def _on_earth(lon: float, lat: float) -> bool:
    return -180 <= lon <= 180 and -90 <= lat <= 90


def _in_use(decide: Decide) -> Decide:
    def decided(command: Command, state: Machine, now: datetime) -> Sequence[Fact]:
        require(
            state.scrapping is None,
            "illegal_step",
            "the machine was scrapped",
            "registration_no",
            "Check the number: what was scrapped is used no more.",
        )
        return decide(command, state, now)

    return decided


def _of_machine(command: InspectMachinery | MoveMachinery | ScrapMachinery) -> Sequence[tuple[str, str, str]]:
    return [("machinery", command.registration_no, "registration_no")]


def _owned(command: RegisterMachinery) -> Sequence[tuple[str, str, str]]:
    return [("enterprise", command.enterprise_id, "enterprise_id")] if command.enterprise_id else []


def _machinery(decide: Decide) -> Decider:
    return Decider("machinery", lambda c: c.registration_no, _in_use(decide), evolve, Machine(), _of_machine)


_ZONE = register("air.low_emission_zone_defined", "low_emission_zone", lambda c: c.zone_id)

DECIDERS: Mapping[type[Command], Decider] = {
    RegisterMachinery: replace(_machinery(register_machinery), refers=_owned),
    InspectMachinery: _machinery(inspect_machinery),
    MoveMachinery: _machinery(move_machinery),
    ScrapMachinery: _machinery(scrap_machinery),
    DefineLowEmissionZone: replace(_ZONE, decide=define_zone),
}
