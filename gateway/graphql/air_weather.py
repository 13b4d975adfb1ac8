"""Air to come: forecasts and how they scored, recommended warning levels, warnings and measures."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info, columns_of, rows_as
from gateway.graphql.reach import evaluated


@strawberry.type(description="How a source did at a lead; over forecasts whose day is judged.")
class ForecastSkill:
    source: str
    lead_days: int
    forecasts: int
    level_hit_share: float
    mean_absolute_aqi_error: float
    simulated: bool = strawberry.field(description="Whether anything simulated is in it.")


@strawberry.type(description="What an enterprise does under a warning level.")
class ReductionMeasure:
    measure_id: str
    enterprise_id: str
    level: str
    grade: str
    measure: str
    source: str


@strawberry.type
class AirWeatherQuery:
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
