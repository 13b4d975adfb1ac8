"""Commands about the air to come: forecasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from services.decider import Command, Decider, Fact, require, stated
from services.registers import restated

_LOCAL = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True)
class IssueForecast(Command):
    """Record a forecast for one local day; `source` says whose it is, `occurred_at` when it was issued."""

    forecast_id: str
    area_id: str
    day: date
    aqi_low: int
    aqi_high: int
    primary_pollutants: Sequence[str] = ()


def issue_forecast(command: IssueForecast, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    low, high = command.aqi_low, command.aqi_high
    require(
        0 <= low <= high <= 500,
        "impossible_range",
        f"the AQI is forecast from {low} to {high}",
        "aqi_low",
        "Give the lower end first, both within 0 and 500.",
    )
    issued_on = (command.occurred_at or now).astimezone(_LOCAL).date()
    require(
        command.day >= issued_on,
        "day_is_over",
        f"it was issued on {issued_on} for {command.day}",
        "day",
        "A forecast is for the local day of its issue or a later one.",
    )
    return restated(stated("air.forecast_issued", command), entry)


DECIDERS: Mapping[type[Command], Decider] = {
    IssueForecast: Decider(
        "forecast",
        lambda c: c.forecast_id,
        issue_forecast,
        lambda _, fact: fact,
        refers=lambda c: [("evaluation_area", c.area_id, "area_id")],
    ),
}
