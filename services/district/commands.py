"""Commands about the district as a whole: its subdistricts, and the indicators and projects of its plan."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.standards import indicator_rules
from services.checks import expect_texts, local_day
from services.decider import Command, Decider, Fact, latest, require, restated, stated
from services.plain import plain

_FIRST_YEAR = 2018
"""The plan takes the base of some indicators from the means of 2018 to 2020."""


@dataclass(frozen=True, kw_only=True)
class ReportIndicator(Command):
    """Report the value of an indicator of the plan in a year, in its unit, where nothing computes it."""

    indicator_id: str
    year: int
    value: float
    document: str
    note: str | None = None


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


RegisterSubdistrict = plain("RegisterSubdistrict", "district.subdistrict_registered")
DefineEvaluationArea = plain("DefineEvaluationArea", "district.evaluation_area_defined")
PlanIndicator = plain("PlanIndicator", "district.indicator_planned")
PlanProject = plain("PlanProject", "district.project_planned")

DECIDERS: Mapping[type[Command], Decider] = {
    ReportIndicator: Decider(
        "indicator_year",
        lambda c: f"{c.indicator_id}/{c.year}",
        _report_indicator,
        latest,
        refers=lambda c: [("indicator", c.indicator_id, "indicator_id")],
    ),
}
