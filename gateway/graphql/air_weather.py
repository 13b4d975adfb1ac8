"""Air to come: forecasts and how they scored."""

from datetime import date, datetime

import strawberry

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


@strawberry.type
class AirWeatherQuery:
    @strawberry.field(description="Forecasts for an area, the latest day first.")
    def air_forecasts(self, info: Info, area_id: str, as_of: datetime | None = None) -> list[ForecastScore]:
        sql = (
            f"SELECT {columns_of(ForecastScore)} FROM air.forecast_score WHERE area_id = $area_id"
            " ORDER BY day DESC, issued_at DESC, forecast_id"
        )
        frame = info.context.frame(sql, {"area_id": area_id}, as_of, ["air.forecast_score"])
        return rows_as(ForecastScore, frame)

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
        frame = info.context.frame(sql, {"area_id": area_id}, as_of, ["air.forecast_score"])
        return rows_as(ForecastSkill, frame)
