"""Commands about the air to come: forecasts, heavy-pollution warnings, and the emission-reduction list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.checks import expect_texts, local_day
from services.decider import Command, Decider, Fact, Known, latest, require, restated, stated
from services.life import Act, Standing, life, standing_of
from services.plain import plain


@dataclass(frozen=True, kw_only=True)
class IssueForecast(Command):
    """Record a forecast for one local day; `source` says whose it is, `occurred_at` when it was issued."""

    forecast_id: str
    area_id: str
    day: date
    aqi_low: int
    aqi_high: int
    primary_pollutants: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class IssueWarning(Command):
    """Issue a heavy-pollution warning for an area: level YELLOW, ORANGE or RED."""

    warning_id: str
    area_id: str
    level: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AdjustWarning(Command):
    """Raise or lower a warning that is in force."""

    warning_id: str
    level: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LiftWarning(Command):
    """Lift a warning that is in force, with the reason."""

    warning_id: str
    reason: str


def issue_forecast(command: IssueForecast, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    low, high = command.aqi_low, command.aqi_high
    require(
        0 <= low <= high <= 500,
        "impossible_range",
        f"the AQI is forecast from {low} to {high}",
        "aqi_low",
        "Give the lower end first, both within 0 and 500.",
    )
    issued_on = local_day(command.occurred_at or now)
    require(
        command.day >= issued_on,
        "day_is_over",
        f"it was issued on {issued_on} for {command.day}",
        "day",
        "A forecast is for the local day of its issue or a later one.",
    )
    return restated(stated("air.forecast_issued", command), entry)


def check_issue(command: IssueWarning, standing: Standing, _now: datetime) -> None:
    expect_texts(command, "reason")
    in_force = standing.beside["in_force"]
    require(
        not in_force,
        "warned_already",
        f"warning {', '.join(in_force)} is in force for area {command.area_id}",
        "area_id",
        "Adjust it to another level, or lift it first.",
    )


def check_adjustment(command: AdjustWarning, standing: Standing, _now: datetime) -> None:
    expect_texts(command, "reason")
    level = {**standing.last("air.warning_issued"), **standing.last("air.warning_adjusted")}["level"]
    require(command.level != level, "same_level", f"the level is {level} already", "level", "Give another level.")


def check_lifting(command: LiftWarning, _standing: Standing, _now: datetime) -> None:
    expect_texts(command, "reason")


def _in_force(command: IssueWarning, known: Known) -> Mapping[str, Any]:
    """The other warnings that are in force for its area."""
    issued = [fields["warning_id"] for _, fields in known.naming("air.warning_issued", "area_id", command.area_id)]
    others = sorted({warning_id for warning_id in issued if warning_id != command.warning_id})
    return {"in_force": [each for each in others if standing_of("warning", each, known).status == "IN_FORCE"]}


ListReductionMeasure = plain("ListReductionMeasure", "air.reduction_measure_listed")

DECIDERS: Mapping[type[Command], Decider] = {
    IssueForecast: Decider(
        "forecast",
        lambda c: c.forecast_id,
        issue_forecast,
        latest,
        refers=lambda c: [("evaluation_area", c.area_id, "area_id")],
    ),
    **life(
        "warning",
        {
            IssueWarning: Act(
                "air.warning_issued",
                check_issue,
                lambda c: [("evaluation_area", c.area_id, "area_id")],
                _in_force,
            ),
            AdjustWarning: Act("air.warning_adjusted", check_adjustment),
            LiftWarning: Act("air.warning_lifted", check_lifting),
        },
    ),
}
