"""Volatile organic compounds: enterprises that emit them, their plans (一企一策), and the life of each measure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.checks import expect_one_of, expect_past_day, expect_quantities, expect_texts
from services.decider import Command, Decider, Fact, latest, require, restated, stated
from services.life import Act, Standing, life

GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, kw_only=True)
class RegisterVocEnterprise(Command):
    """Enter an enterprise that emits VOCs in their register: materials, their contents and uses are parallel."""

    enterprise_id: str
    industry: str
    processes: Sequence[str]
    materials: Sequence[str] = ()
    voc_contents_percent: Sequence[float | None] = ()
    uses_t_per_year: Sequence[float] = ()
    generated_t_per_year: float
    emitted_t_per_year: float
    treatment: str | None = None
    key_unit: bool = False
    grade: str | None = None


@dataclass(frozen=True, kw_only=True)
class AdoptVocPlan(Command):
    """Adopt a version of an enterprise's own plan against VOCs: target in tonnes a year."""

    enterprise_id: str
    version: int
    adopted_on: date
    target_reduction_t_per_year: float


@dataclass(frozen=True, kw_only=True)
class PlanVocMeasure(Command):
    """Plan a measure against VOCs: expected reduction in tonnes a year."""

    measure_id: str
    enterprise_id: str
    category: str
    description: str
    due_on: date
    expected_reduction_t_per_year: float | None = None


@dataclass(frozen=True, kw_only=True)
class CompleteVocMeasure(Command):
    """Complete a measure against VOCs."""

    measure_id: str
    done: str
    completed_on: date
    verified_by: str


@dataclass(frozen=True, kw_only=True)
class PostponeVocMeasure(Command):
    """Give a measure against VOCs more time."""

    measure_id: str
    due_on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class CancelVocMeasure(Command):
    """Give a measure against VOCs up."""

    measure_id: str
    reason: str


def register_voc_enterprise(command: RegisterVocEnterprise, entry: Fact | None, _now: datetime) -> Sequence[Fact]:
    expect_texts(command, "industry", "processes", "materials")
    expect_quantities(command, "uses_t_per_year", "generated_t_per_year", "emitted_t_per_year")
    expect_quantities(command, "voc_contents_percent", at_most=100)
    expect_one_of(command.grade, GRADES, "grade")
    lengths = [len(command.materials), len(command.voc_contents_percent), len(command.uses_t_per_year)]
    require(
        len(set(lengths)) == 1,
        "unequal_lengths",
        f"{lengths[0]} materials, {lengths[1]} contents and {lengths[2]} uses",
        "materials",
        "Give one content (null where it is not known) and one use for each material.",
    )
    require(
        command.emitted_t_per_year <= command.generated_t_per_year,
        "impossible_quantity",
        f"{command.emitted_t_per_year} t a year after treatment of {command.generated_t_per_year} before it",
        "emitted_t_per_year",
        "No treatment adds to what comes in: correct one of the two.",
    )
    return restated(stated("air.voc_enterprise_registered", command), entry)


def adopt_voc_plan(command: AdoptVocPlan, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    require(command.version >= 1, "impossible_version", f"it is {command.version}", "version", "Count from 1.")
    expect_past_day(command.adopted_on, now, "adopted_on")
    expect_quantities(command, "target_reduction_t_per_year")
    return restated(stated("air.voc_plan_adopted", command), entry)


def check_planning(command: PlanVocMeasure, _standing: Standing, _now: datetime) -> None:
    expect_texts(command, "measure_id", "description")
    expect_quantities(command, "expected_reduction_t_per_year")


def check_completion(command: CompleteVocMeasure, _standing: Standing, now: datetime) -> None:
    expect_texts(command, "done", "verified_by")
    expect_past_day(command.completed_on, now, "completed_on")


def check_postponement(command: PostponeVocMeasure, standing: Standing, _now: datetime) -> None:
    expect_texts(command, "reason")
    due_on = {**standing.last("air.voc_measure_planned"), **standing.last("air.voc_measure_postponed")}["due_on"]
    require(
        command.due_on > due_on,
        "not_later",
        f"it is due on {due_on}, and would be on {command.due_on}",
        "due_on",
        "Give a later day.",
    )


def check_cancelling(command: CancelVocMeasure, _standing: Standing, _now: datetime) -> None:
    expect_texts(command, "reason")


def _of_enterprise(command: Any) -> Sequence[tuple[str, str, str]]:
    return [("voc_enterprise", command.enterprise_id, "enterprise_id")]


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterVocEnterprise: Decider(
        "voc_enterprise", lambda c: c.enterprise_id, register_voc_enterprise, latest,
        refers=lambda c: [("enterprise", c.enterprise_id, "enterprise_id")],
    ),
    AdoptVocPlan: Decider(
        "voc_plan", lambda c: f"{c.enterprise_id}/{c.version}", adopt_voc_plan, latest,
        refers=_of_enterprise,
    ),
    **life(
        "voc_measure",
        {
            PlanVocMeasure: Act("air.voc_measure_planned", check_planning, _of_enterprise),
            CompleteVocMeasure: Act("air.voc_measure_completed", check_completion),
            PostponeVocMeasure: Act("air.voc_measure_postponed", check_postponement, repeats=True),
            CancelVocMeasure: Act("air.voc_measure_cancelled", check_cancelling),
        },
    ),
}  # fmt: skip
