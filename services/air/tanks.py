"""Tanks of volatile organic liquids (储罐排查): their register, inspections, and problems that are solved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.checks import expect_one_of, expect_past_day, expect_quantities, expect_texts
from services.decider import Command, Decider, Fact, latest, require, restated, stated
from services.life import Act, Standing, life

SEALS = ("LIQUID_MOUNTED", "MECHANICAL_SHOE", "OTHER")
VAPOUR_TREATMENTS = ("NONE", "TREATED", "BALANCED", "EQUIVALENT")
_FLOATING = ("INTERNAL_FLOATING", "EXTERNAL_FLOATING")


@dataclass(frozen=True, kw_only=True)
class RegisterTank(Command):
    """Enter a tank of volatile organic liquid in the register: m³, true vapour pressure in kPa, percent."""

    tank_id: str
    enterprise_id: str
    content: str
    volume_m3: float
    vapour_pressure_kpa: float | None = None
    kind: str
    seal: str | None = None
    secondary_seal: bool | None = None
    vapour_treatment: str | None = None
    treatment_efficiency_percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class InspectTank(Command):
    """Record an inspection of a tank: reading of a leak detector in µmol/mol, day by which a problem is solved."""

    inspection_id: str
    tank_id: str
    inspected_on: date
    found: str
    leak_umol_mol: float | None = None
    problem: bool
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class CloseTankProblem(Command):
    """Record that the problem which an inspection of a tank found was solved."""

    inspection_id: str
    done: str
    closed_on: date


def register_tank(command: RegisterTank, entry: Fact | None, _now: datetime) -> Sequence[Fact]:
    expect_texts(command, "tank_id", "content")
    expect_quantities(command, "volume_m3", "vapour_pressure_kpa")
    expect_quantities(command, "treatment_efficiency_percent", at_most=100)
    expect_one_of(command.seal, SEALS, "seal")
    expect_one_of(command.vapour_treatment, VAPOUR_TREATMENTS, "vapour_treatment")
    require(
        command.kind in _FLOATING or (command.seal is None and not command.secondary_seal),
        "no_floating_roof",
        f"a seal of a tank that is {command.kind}",
        "seal",
        "Only a floating roof has seals: leave them out, or correct the kind.",
    )
    return restated(stated("air.tank_registered", command), entry)


def check_inspection(command: InspectTank, _standing: Standing, now: datetime) -> None:
    expect_texts(command, "inspection_id", "found")
    expect_past_day(command.inspected_on, now, "inspected_on")
    expect_quantities(command, "leak_umol_mol")
    require(
        command.problem == (command.due_on is not None),
        "due_day_wrong",
        f"problem is {command.problem}, and it is to be solved by {command.due_on}",
        "due_on",
        "A problem needs a day by which it is solved, and what is none has no such day.",
    )


def check_solution(command: CloseTankProblem, standing: Standing, now: datetime) -> None:
    expect_texts(command, "done")
    expect_past_day(command.closed_on, now, "closed_on")
    inspected_on = standing.last("air.tank_inspected")["inspected_on"]
    require(
        command.closed_on >= inspected_on,
        "impossible_order",
        f"it was found on {inspected_on}, and would be solved on {command.closed_on}",
        "closed_on",
        "Correct the day.",
    )


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterTank: Decider(
        "tank", lambda c: c.tank_id, register_tank, latest,
        refers=lambda c: [("enterprise", c.enterprise_id, "enterprise_id")],
    ),
    **life(
        "tank_inspection",
        {
            InspectTank: Act("air.tank_inspected", check_inspection, lambda c: [("tank", c.tank_id, "tank_id")]),
            CloseTankProblem: Act("air.tank_problem_closed", check_solution),
        },
    ),
}  # fmt: skip
