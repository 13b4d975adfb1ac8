"""Air evaluated over months and years (HJ 663), running means, and the areas that are evaluated."""

from datetime import date, datetime, timedelta
from enum import Enum

import strawberry

from gateway.graphql.context import Info, columns_of, rows_as
from gateway.graphql.reach import evaluated
from gateway.moments import naive
from projections.catalogue import narrowed
from projections.past import Scope


@strawberry.enum(description="How long a time is evaluated.")
class EvaluationPeriod(Enum):
    MONTH = "MONTH"
    YEAR = "YEAR"


@strawberry.type(description="One pollutant over a month or year: mean and percentile against class II of GB 3095.")
class AirEvaluationItem:
    factor: str
    unit: str
    days: int = strawberry.field(description="Days with a valid value.")
    valid: bool = strawberry.field(description="Whether these are enough (GB 3095 Table 4).")
    mean: float = strawberry.field(
        description="Rounded as it is compared: as the edition of HJ 663 in force on the last day has it."
    )
    percent: int = strawberry.field(description="Which percentile.")
    percentile: float
    mean_limit: float | None = strawberry.field(description="Null where no such limit was in force.")
    percentile_limit: float | None
    mean_limit_id: str | None
    percentile_limit_id: str | None
    edition: str | None
    attained: bool | None
    mean_exceeded_by: float | None = strawberry.field(description="(value - limit) / limit.")
    percentile_exceeded_by: float | None
    single_index: float | None


@strawberry.type(description="A station's or area's month or year (HJ 663).")
class AirEvaluation:
    scope_id: str = strawberry.field(description="Code of the station or area.")
    scope_kind: str
    period: str
    starts_on: date
    days: int = strawberry.field(description="Days that anything was stated on.")
    valid_days: int = strawberry.field(description="Days with a valid AQI.")
    good_days: int = strawberry.field(description="Days with an AQI of 100 or less (优良天数).")
    good_share: float | None = strawberry.field(description="Percent of the valid days, one decimal.")
    level_days: list[int] = strawberry.field(description="Days of levels 1 to 6.")
    composite_index: float | None = strawberry.field(description="Sum of the weighted single indices of all six.")
    pm25_mean: float | None
    valid: bool = strawberry.field(description="Whether all six have enough days.")
    attained: bool | None
    exceeding: list[str] = strawberry.field(description="Pollutants that exceed a limit.")
    edition: str | None = strawberry.field(description="Edition of GB 3095 in force on the last day.")
    good_share_year_before: float | None
    composite_index_year_before: float | None
    pm25_mean_year_before: float | None
    simulated: bool | None
    reviewed: bool | None

    @strawberry.field(description="Pollutant by pollutant, in order of their codes.")
    def items(self, info: Info) -> list[AirEvaluationItem]:
        moment, scope = getattr(self, "_asked", (None, None))
        params = {
            "scope": self.scope_id, "period": self.period, "starts_on": self.starts_on,
            "first": self.starts_on, "last": self.starts_on + _YEAR,
        }  # fmt: skip
        frame = info.context.frame(_ITEMS, params, moment, scope)
        return rows_as(AirEvaluationItem, frame)


_DAY, _MONTH, _YEAR = timedelta(days=1), timedelta(days=31), timedelta(days=366)
_THEIR_DAYS = {"air.daily": "FROM air.daily WHERE day BETWEEN $first AND $last"}
_AND_A_YEAR_BEFORE = {
    "air.daily": "FROM air.daily WHERE day BETWEEN $first AND $last OR day BETWEEN $first_before AND $last_before"
}
_ITEMS = (
    f"SELECT {columns_of(AirEvaluationItem)} FROM ({narrowed('air.evaluation_item', _THEIR_DAYS)}\n)"
    " WHERE scope_id = $scope AND period = $period AND starts_on = $starts_on ORDER BY factor"
)


def _days_of(period: EvaluationPeriod, since: date | None, until: date | None) -> dict[str, date]:
    """The days of the months or years that begin in [since, until], and of those that they are compared with."""
    first = max(since or date(1900, 1, 1), date.min + 2 * _YEAR)
    last = min(until or date(2199, 12, 31), date.max - _YEAR)
    long = _MONTH if period is EvaluationPeriod.MONTH else _YEAR
    return {
        "first": first,
        "last": max(last, date.min + 2 * _YEAR) + long,
        "first_before": first - _YEAR,
        "last_before": max(last, date.min + 2 * _YEAR) - _YEAR + _DAY + long,
    }


@strawberry.type(description="Running means of a station, oldest first: parallel lists. Null is too few hours.")
class AirRolling:
    site_id: str
    ends_at: list[datetime] = strawberry.field(description="End of the last hour of the mean, UTC.")
    so2_24h_ug_m3: list[float | None]
    no2_24h_ug_m3: list[float | None]
    co_24h_mg_m3: list[float | None]
    pm10_24h_ug_m3: list[float | None]
    pm25_24h_ug_m3: list[float | None]
    o3_8h_ug_m3: list[float | None]
    simulated: list[bool | None]


_LONGEST_MEAN = timedelta(hours=25)
"""By how much the first hour of a mean begins before its end, and a little more."""


@strawberry.type
class AirEvaluationQuery:
    @strawberry.field(description="Months or years that begin in [since, until] of a station or area, in order.")
    def air_evaluations(
        self,
        info: Info,
        scope_id: str,
        period: EvaluationPeriod,
        since: date | None = None,
        until: date | None = None,
        as_of: datetime | None = None,
    ) -> list[AirEvaluation]:
        sql = (
            f"SELECT {columns_of(AirEvaluation)} FROM ({narrowed('air.evaluation', _AND_A_YEAR_BEFORE)}\n)"
            " WHERE scope_id = $scope AND period = $period"
            " AND starts_on BETWEEN coalesce($since, DATE '1900-01-01') AND coalesce($until, DATE '2199-12-31')"
            " ORDER BY starts_on"
        )
        asked = {"scope": scope_id, "period": period.value, "since": since, "until": until}
        scope, days = evaluated(info, scope_id, since, until), _days_of(period, since, until)
        found = rows_as(AirEvaluation, info.context.frame(sql, {**asked, **days}, as_of, scope))
        for evaluation in found:
            evaluation._asked = as_of, scope  # type: ignore[attr-defined]  # its items are asked of the same moment
        return found

    @strawberry.field(description="Running means of a station's hours that end in (since, until].")
    def air_rolling(
        self, info: Info, site_id: str, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> AirRolling:
        hours = "FROM air.hourly WHERE site_id = $site AND observed_at BETWEEN $first AND $until"
        windows = narrowed("air.rolling", {"air.hourly": hours})
        sql = (
            f"SELECT {columns_of(AirRolling)} FROM ({windows})"
            " WHERE ends_at > $since AND ends_at <= $until ORDER BY ends_at"
        )
        first = naive(since) - _LONGEST_MEAN
        params = {"site": site_id, "first": first, "since": naive(since), "until": naive(until)}
        scope = Scope([site_id], naive(since), naive(until))
        frame = info.context.frame(sql, params, as_of, scope).drop("site_id")
        return AirRolling(site_id=site_id, **frame.to_dict(as_series=False))
