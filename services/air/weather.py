"""Commands about the air to come: forecasts, heavy-pollution warnings, and the emission-reduction list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.checks import expect_texts, local_day
from services.decider import Command, Decider, Fact, latest, require, stated
from services.registers import register, restated


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


@dataclass(frozen=True, kw_only=True)
class ListReductionMeasure(Command):
    """Enter what an enterprise does under a warning level in the emission-reduction list."""

    measure_id: str
    enterprise_id: str
    level: str
    grade: str
    measure: str


@dataclass(frozen=True)
class Warned:
    """What the handler knows of a warning; `status` is empty before it is issued."""

    status: str = ""
    level: str = ""


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


def warn(command: IssueWarning | AdjustWarning | LiftWarning, state: Warned, _now: datetime) -> Sequence[Fact]:
    """A step in a warning's life: issued once, then adjusted to another level or lifted while in force."""
    event, follows = _STEPS[type(command)]
    require(
        state.status == follows,
        "illegal_step",
        f"warning {command.warning_id} {state.status.lower().replace('_', ' ') or 'was never issued'}",
        "warning_id",
        "Check the number: a warning is issued once, and adjusted or lifted while it is in force.",
    )
    expect_texts(command, "reason")
    same = isinstance(command, AdjustWarning) and command.level == state.level
    require(not same, "same_level", f"the level is {state.level} already", "level", "Give another level.")
    return [stated(event, command)]


_STEPS: Mapping[type[Command], tuple[str, str]] = {
    IssueWarning: ("air.warning_issued", ""),
    AdjustWarning: ("air.warning_adjusted", "IN_FORCE"),
    LiftWarning: ("air.warning_lifted", "IN_FORCE"),
}


def evolve_warning(state: Warned, fact: Fact) -> Warned:
    status = "LIFTED" if fact.event == "air.warning_lifted" else "IN_FORCE"
    return Warned(status, fact.fields.get("level", state.level))


_WARNING = Decider("warning", lambda c: c.warning_id, warn, evolve_warning, Warned())

DECIDERS: Mapping[type[Command], Decider] = {
    IssueForecast: Decider(
        "forecast",
        lambda c: c.forecast_id,
        issue_forecast,
        latest,
        refers=lambda c: [("evaluation_area", c.area_id, "area_id")],
    ),
    IssueWarning: replace(_WARNING, refers=lambda c: [("evaluation_area", c.area_id, "area_id")]),
    AdjustWarning: _WARNING,
    LiftWarning: _WARNING,
    ListReductionMeasure: replace(
        register("air.reduction_measure_listed", "reduction_measure", lambda c: c.measure_id),
        refers=lambda c: [("enterprise", c.enterprise_id, "enterprise_id")],
    ),
}
