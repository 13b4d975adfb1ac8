"""Sewage: plants and sewers, what plants take in and treat each month, and what people discharge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.checks import expect_quantities
from services.decider import Command, Decider, Fact, latest, require, restated, stated
from services.plain import plain


@dataclass(frozen=True, kw_only=True)
class ReportPlantLoad(Command):
    """Report what a plant took in and treated in a month: m³, mean concentrations in mg/L, sludge in tonnes."""

    plant_id: str
    month: date
    inflow_m3: float
    treated_m3: float
    inflow_bod5_mg_l: float | None = None
    inflow_cod_mg_l: float | None = None
    outflow_cod_mg_l: float | None = None
    sludge_t: float | None = None


@dataclass(frozen=True, kw_only=True)
class ReportSewageDischarge(Command):
    """Report how many people of a subdistrict discharged how many m³ of domestic sewage in a month."""

    area_id: str
    month: date
    people: int
    discharged_m3: float


def report_plant_load(command: ReportPlantLoad, state: Fact | None, now: datetime) -> Sequence[Fact]:
    _expect_month(command.month, now)
    expect_quantities(
        command, "inflow_m3", "treated_m3", "inflow_bod5_mg_l", "inflow_cod_mg_l", "outflow_cod_mg_l", "sludge_t"
    )
    require(
        command.treated_m3 <= command.inflow_m3,
        "impossible_quantity",
        f"{command.treated_m3} m³ treated of {command.inflow_m3} m³ that came in",
        "treated_m3",
        "A plant can't treat more than comes in: correct one of the two.",
    )
    return restated(stated("water.plant_load_reported", command), state)


def report_sewage_discharge(command: ReportSewageDischarge, state: Fact | None, now: datetime) -> Sequence[Fact]:
    _expect_month(command.month, now)
    expect_quantities(command, "discharged_m3", "people")
    return restated(stated("water.sewage_discharge_reported", command), state)


def _expect_month(month: date, now: datetime) -> None:
    require(
        month.day == 1 and month <= now.date(),
        "no_month",
        f"{month} is not the first day of a month that has begun",
        "month",
        "Give the first day of the month reported on.",
    )


RegisterPlant = plain("RegisterPlant", "water.plant_registered")
RegisterSewer = plain("RegisterSewer", "water.sewer_registered")

DECIDERS: Mapping[type[Command], Decider] = {
    ReportPlantLoad: Decider(
        "plant_load", lambda c: f"{c.plant_id}/{c.month}", report_plant_load, latest,
        refers=lambda c: [("plant", c.plant_id, "plant_id")],
    ),
    ReportSewageDischarge: Decider(
        "sewage_discharge", lambda c: f"{c.area_id}/{c.month}", report_sewage_discharge, latest,
        refers=lambda c: [("subdistrict", c.area_id, "area_id")],
    ),
}  # fmt: skip
