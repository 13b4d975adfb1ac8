"""Records on waste that come from other authorities: releases that facilities report, and shipments of waste."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.decider import Command, Decider, Fact, require
from services.registers import register

MEDIA = (
    "AIR_FUGITIVE", "AIR_STACK", "WATER", "UNDERGROUND", "LANDFILL", "LAND_OTHER", "OFF_SITE", "TREATMENT_PLANT"
)  # fmt: skip
_FIRST_YEAR = 1980


@dataclass(frozen=True, kw_only=True)
class ReportRelease(Command):
    """Report what a facility released of a chemical in a year: kilograms, parallel to the media."""

    report_no: str
    facility_no: str
    facility_name: str
    year: int
    chemical: str
    cas_no: str | None = None
    media: Sequence[str]
    quantities_kg: Sequence[float]
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, kw_only=True)
class RecordWasteShipment(Command):
    """Record a shipment of hazardous waste from another authority's papers: quantity as stated, and in tonnes."""

    shipment_no: str
    year: int
    notice_no: str
    consignor: str
    consignee_no: str
    consignee: str
    waste_name: str
    waste_codes: Sequence[str] = ()
    un_no: str | None = None
    quantity: float | None = None
    unit: str
    quantity_t: float | None = None
    method: str | None = None


def _check_year(year: int, now: datetime) -> None:
    require(
        _FIRST_YEAR <= year <= now.year,
        "impossible_year",
        f"the year is {year}",
        "year",
        f"Give a year from {_FIRST_YEAR} to {now.year}.",
    )


def _check_release(command: ReportRelease, now: datetime) -> None:
    _check_year(command.year, now)
    require(
        len(command.media) == len(command.quantities_kg),
        "unequal_lengths",
        f"{len(command.media)} media and {len(command.quantities_kg)} quantities",
        "quantities_kg",
        "Give one quantity for each medium.",
    )
    unknown = [medium for medium in command.media if medium not in MEDIA]
    require(not unknown, "unknown_value", f"{unknown} is no medium", "media", f"Use {', '.join(MEDIA)}.")
    require(
        all(quantity >= 0 for quantity in command.quantities_kg),
        "impossible_quantity",
        "a quantity is below zero",
        "quantities_kg",
        "Give what was released.",
    )


def _check_shipment(command: RecordWasteShipment, now: datetime) -> None:
    _check_year(command.year, now)
    require(
        command.quantity is None or command.quantity > 0,
        "impossible_quantity",
        f"the quantity is {command.quantity}",
        "quantity",
        "Give what was shipped, or nothing where the papers can't be read.",
    )


def _checked(decider: Decider, check: Any) -> Decider:
    def decide(command: Command, entry: Fact | None, now: datetime) -> Sequence[Fact]:
        check(command, now)
        return decider.decide(command, entry, now)

    return replace(decider, decide=decide)


DECIDERS: Mapping[type[Command], Decider] = {
    ReportRelease: _checked(
        register("soil.release_reported", "release_report", lambda c: c.report_no), _check_release
    ),
    RecordWasteShipment: _checked(
        register("soil.waste_shipment_recorded", "waste_shipment", lambda c: c.shipment_no), _check_shipment
    ),
}
