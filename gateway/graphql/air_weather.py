"""Air to come: forecasts and how they scored, recommended warning levels, warnings and measures."""

from datetime import date, datetime

import strawberry

from gateway.graphql.air_scope import evaluated
from gateway.graphql.context import Info, columns_of, rows_as


@strawberry.type(description="A forecast of an area's local day, with what the day turned out to be.")
class ForecastScore:
    forecast_id: str
    area_id: str
    day: date
    issued_at: datetime
    lead_days: int = strawberry.field(description="Local days from issue to the day it is for.")
    aqi_low: int
    aqi_high: int
    primary_pollutants: list[str]
    observed_aqi: int | None
    observed_level: int | None
    level_hit: bool | None = strawberry.field(
        description="Whether the observed level lies in the forecast range's."
    )
    aqi_error: float | None = strawberry.field(description="The range's middle less the observed AQI.")
    simulated: bool
    source: str


@strawberry.type(description="How a source did at a lead; over forecasts whose day is judged.")
class ForecastSkill:
    source: str
    lead_days: int
    forecasts: int
    level_hit_share: float
    mean_absolute_aqi_error: float
    simulated: bool = strawberry.field(description="Whether anything simulated is in it.")


@strawberry.type(description="The warning level that an issue of forecasts recommends; people decide.")
class WarningRecommendation:
    area_id: str
    source: str
    issued_at: datetime
    level: str | None = strawberry.field(description="YELLOW, ORANGE or RED; null where no rule is met.")
    rule: str | None = strawberry.field(description="The rule that it meets: AQI above, and days in a row.")
    since: date | None
    until: date | None
    days: int | None
    days_forecast: int | None = strawberry.field(description="How many of the days are forecast, not observed.")
    highest_aqi: int | None
    simulated: bool


@strawberry.type(description="What an enterprise does under a warning level.")
class ReductionMeasure:
    measure_id: str
    enterprise_id: str
    level: str
    grade: str
    measure: str
    source: str


@strawberry.type(description="A heavy-pollution warning, as people issued, adjusted and lifted it; times UTC.")
class AirWarning:
    warning_id: str
    status: str = strawberry.field(description="IN_FORCE or LIFTED.")
    area_id: str
    level: str = strawberry.field(description="The last level: YELLOW, ORANGE or RED.")
    first_level: str
    reason: str
    adjusting_reason: str | None
    lifting_reason: str | None
    issued_at: datetime
    adjusted_at: datetime | None
    lifted_at: datetime | None
    source: str


@strawberry.type
class AirWeatherQuery:
    @strawberry.field(description="Forecasts for an area, the latest day first.")
    def air_forecasts(self, info: Info, area_id: str, as_of: datetime | None = None) -> list[ForecastScore]:
        rest = "WHERE area_id = $area_id ORDER BY day DESC, issued_at DESC, forecast_id"
        return info.context.rows(
            ForecastScore, "air.forecast_score", rest, {"area_id": area_id}, as_of, evaluated(info, area_id)
        )

    @strawberry.field(description="Who forecast best: by lead, the source with the most levels hit first.")
    def air_forecast_skill(
        self, info: Info, area_id: str | None = None, as_of: datetime | None = None
    ) -> list[ForecastSkill]:
        sql = (
            "SELECT source, lead_days, count(*) AS forecasts, avg(CAST(level_hit AS INTEGER)) AS level_hit_share,"
            " avg(abs(aqi_error)) AS mean_absolute_aqi_error, bool_or(simulated) AS simulated"
            " FROM air.forecast_score WHERE observed_aqi IS NOT NULL AND area_id = coalesce($area_id, area_id)"
            " GROUP BY source, lead_days ORDER BY lead_days, level_hit_share DESC, mean_absolute_aqi_error, source"
        )
        scope = evaluated(info, area_id) if area_id else None
        return rows_as(ForecastSkill, info.context.frame(sql, {"area_id": area_id}, as_of, scope))

    @strawberry.field(description="What each issue of forecasts recommends, the latest first.")
    def warning_recommendations(
        self, info: Info, area_id: str, as_of: datetime | None = None
    ) -> list[WarningRecommendation]:
        rest = "WHERE area_id = $area_id ORDER BY issued_at DESC, source"
        scope, params = evaluated(info, area_id), {"area_id": area_id}
        return info.context.rows(WarningRecommendation, "air.warning_recommendation", rest, params, as_of, scope)

    @strawberry.field(description="Warnings, the latest first, of one status where given.")
    def air_warnings(
        self, info: Info, status: str | None = None, as_of: datetime | None = None
    ) -> list[AirWarning]:
        rest = "WHERE status = coalesce($status, status) ORDER BY issued_at DESC, warning_id"
        return info.context.rows(AirWarning, "air.warning", rest, {"status": status}, as_of)

    @strawberry.field(description="Measures in force under a warning, by enterprise; none once it is lifted.")
    def measures_in_force(
        self, info: Info, warning_id: str, as_of: datetime | None = None
    ) -> list[ReductionMeasure]:
        columns = columns_of(ReductionMeasure)
        sql = (
            f"SELECT {columns} FROM air.reduction_measure WHERE level = (SELECT level FROM air.warning"
            " WHERE warning_id = $warning_id AND status = 'IN_FORCE') ORDER BY enterprise_id, measure_id"
        )
        return rows_as(ReductionMeasure, info.context.frame(sql, {"warning_id": warning_id}, as_of))
