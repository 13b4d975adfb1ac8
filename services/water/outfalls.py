"""Outfalls: their register, and the four tasks on each: 排查, 监测, 溯源, 整治 (国办函〔2022〕17号)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from schemas.standards import discharge_levels
from services.checks import expect_one_of, expect_past_day, expect_standard
from services.decider import Command, Decider, Fact, Refused, require, restated, stated
from services.registers import PlaceCommand, check_place, naming

CATEGORIES = ("INDUSTRY", "SEWAGE_PLANT", "AGRICULTURE", "STORMWATER", "OTHER")
MEASURES = ("BAN", "MERGE", "STANDARDISE")
_ORDER = {"PLANNED": 0, "UNDER_WAY": 1, "DONE": 2}


@dataclass(frozen=True, kw_only=True)
class RegisterOutfall(PlaceCommand):
    """Enter an outfall into a river or lake in the register, with the discharge standard that applies to it."""

    water_body_id: str
    responsible_body: str | None = None
    automatic_monitor: bool = False
    code: str | None = None
    category: str | None = None
    sign_erected_on: date | None = None
    discharge_standard: str | None = None
    discharge_scope: str | None = None
    discharge_level: str | None = None
    built_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ReportOutfallTask(Command):
    """Report how far a task on an outfall has come; tracing names who answers for it, remedy the measure."""

    site_id: str
    task: str
    state: str
    due_on: date | None = None
    responsible_body: str | None = None
    traced_to: Sequence[str] = ()
    measure: str | None = None
    findings: str | None = None


@dataclass(frozen=True)
class Outfall:
    """What the handler knows of an outfall: its entry, and the last fact on each task."""

    entry: Fact | None = None
    tasks: Mapping[str, Fact] = field(default_factory=dict)


def register_outfall(command: RegisterOutfall, state: Outfall, now: datetime) -> Sequence[Fact]:
    check_place(command)
    if command.sign_erected_on is not None:
        expect_past_day(command.sign_erected_on, now, "sign_erected_on")
    expect_one_of(command.category, CATEGORIES, "category")
    _check_standard(command)
    return restated(stated("water.outfall_registered", command), state.entry)


def report_outfall_task(command: ReportOutfallTask, state: Outfall, _now: datetime) -> Sequence[Fact]:
    require(
        state.entry is not None,
        "unknown_outfall",
        f"there is no outfall {command.site_id!r}",
        "site_id",
        "Register the outfall first, or correct the code.",
    )
    before = state.tasks.get(command.task)
    _expect_no_step_back(command, before)
    _expect_screened(command, state)
    expect_one_of(command.measure, MEASURES, "measure")
    if command.state == "DONE" and command.task == "TRACING":
        require(
            bool(command.responsible_body),
            "responsibility_missing",
            "tracing is done when it is known who answers for the outfall",
            "responsible_body",
            "Name the responsible body.",
        )
    if command.task == "REMEDY":
        require(
            command.measure is not None,
            "measure_missing",
            "a remedy is one of three measures",
            "measure",
            f"Use {', '.join(MEASURES)}.",
        )
    return restated(stated("water.outfall_task_reported", command), before)


def evolve(state: Outfall, fact: Fact) -> Outfall:
    if fact.event == "water.outfall_registered":
        return replace(state, entry=fact)
    return replace(state, tasks={**state.tasks, fact.fields["task"]: fact})


def _expect_no_step_back(command: ReportOutfallTask, before: Fact | None) -> None:
    stood = str(before.fields["state"]) if before else "PLANNED"
    require(
        _ORDER.get(command.state, 0) >= _ORDER[stood] or command.state not in _ORDER,
        "step_back",
        f"{command.task} of {command.site_id} was {stood}, and would now be {command.state}",
        "state",
        "A task that was done stays done: report its findings again with the state that it has.",
    )


def _expect_screened(command: ReportOutfallTask, state: Outfall) -> None:
    """Nothing is traced or remedied before it was screened, nor remedied before it was traced."""
    needed = {"TRACING": "SCREENING", "REMEDY": "TRACING"}.get(command.task)
    if needed is None or command.state == "PLANNED":
        return
    done = state.tasks.get(needed)
    if done is None or done.fields["state"] != "DONE":
        raise Refused(
            "illegal_step",
            f"{command.task} of {command.site_id} can't be {command.state} before {needed} is done",
            "task",
            f"Report {needed} as DONE first.",
        )


def _check_standard(command: RegisterOutfall) -> None:
    """A discharge standard needs its level; the two and the scope must be printed in the standard."""
    names = ("discharge_standard", "discharge_level", "discharge_scope")
    said = {name: getattr(command, name) for name in names}
    expect_standard(discharge_levels(), said, "what is discharged into waters")


def _traced(command: ReportOutfallTask) -> Sequence[tuple[str, str, str]]:
    return [("outfall", command.site_id, "site_id")]


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterOutfall: Decider(
        "outfall", lambda c: c.site_id, register_outfall, evolve, Outfall(), naming("water.outfall_registered")
    ),
    ReportOutfallTask: Decider("outfall", lambda c: c.site_id, report_outfall_task, evolve, Outfall(), _traced),
}
