"""Commands about the district as a whole: its subdistricts, and the indicators and projects of its plan."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.standards import indicator_rules
from services.checks import expect_texts, local_day
from services.decider import Command, Decider, Fact, latest, require, restated, stated
from services.registers import PlaceCommand, place_register, register

_FIRST_YEAR = 2018
"""The plan takes the base of some indicators from the means of 2018 to 2020."""


@dataclass(frozen=True, kw_only=True)
class RegisterSubdistrict(PlaceCommand):
    """Enter a subdistrict in the register; `site_id` is its statistical code."""


@dataclass(frozen=True, kw_only=True)
class DefineEvaluationArea(Command):
    """Say by which stations the air of an area is evaluated."""

    area_id: str
    name_zh: str
    name_en: str
    site_ids: Sequence[str]
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanIndicator(Command):
    """Set an indicator of the plan: texts as printed, values where the plan gives numbers."""

    indicator_id: str
    number: int
    topic_zh: str
    name_zh: str
    name_en: str
    unit: str
    base_text: str
    base_value: float | None = None
    target_text: str
    target_value: float | None = None
    five_year_text: str
    attribute: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportIndicator(Command):
    """Report the value of an indicator of the plan in a year, in its unit, where nothing computes it."""

    indicator_id: str
    year: int
    value: float
    document: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanProject(Command):
    """Set a key project of the plan: budget in yuan."""

    project_id: str
    number: int
    category_zh: str
    name_zh: str
    name_en: str
    content_zh: str
    unit_zh: str
    from_year: int
    until_year: int
    budget_yuan: float


def _report_indicator(command: ReportIndicator, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    rule = indicator_rules().get(command.indicator_id)
    require(
        rule is None or not rule.computed,
        "computed",
        f"indicator {command.indicator_id} follows from what is observed and reported elsewhere",
        "indicator_id",
        f"Correct what it follows from: {rule.basis if rule else ''}.",
    )
    require(
        _FIRST_YEAR <= command.year <= local_day(now).year,
        "impossible_year",
        f"{command.year} is before the plan's base or not yet here",
        "year",
        f"Report a year from {_FIRST_YEAR} to the present one.",
    )
    lowest, highest = (rule.lowest, rule.highest) if rule else (-math.inf, math.inf)
    require(
        math.isfinite(command.value) and lowest <= command.value <= highest,
        "impossible_value",
        f"{command.value} can't be a value of indicator {command.indicator_id}",
        "value",
        f"Give a number from {lowest} to {highest}, in the indicator's unit.",
    )
    expect_texts(command, "document")
    return restated(stated("district.indicator_reported", command), entry)


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterSubdistrict: place_register("district.subdistrict_registered", "subdistrict"),
    DefineEvaluationArea: replace(
        register("district.evaluation_area_defined", "evaluation_area", lambda c: c.area_id),
        refers=lambda c: [("station", site_id, "site_ids") for site_id in c.site_ids],
    ),
    PlanIndicator: register("district.indicator_planned", "indicator", lambda c: c.indicator_id),
    ReportIndicator: Decider(
        "indicator_year",
        lambda c: f"{c.indicator_id}/{c.year}",
        _report_indicator,
        latest,
        refers=lambda c: [("indicator", c.indicator_id, "indicator_id")],
    ),
    PlanProject: register("district.project_planned", "project", lambda c: c.project_id),
}
