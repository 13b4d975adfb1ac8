"""The public's client: the air around them, and where to see what is disclosed."""

from datetime import datetime
from functools import cache

import strawberry
from strawberry.tools import merge_types

from gateway.graphql.air import AirQuery
from gateway.graphql.air_evaluation import AirEvaluationQuery
from gateway.graphql.air_explain import AirExplainQuery
from gateway.graphql.context import Info, rows_as
from gateway.graphql.derived import Derived
from gateway.graphql.operation import SnapshotSchema


@strawberry.type(description="A monitoring station with its latest hour.")
class PublicStation:
    site_id: str
    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    observed_at: datetime | None = strawberry.field(description="Start of its latest hour, UTC.")
    aqi: int | None
    level: int | None
    primary_pollutants: list[str] | None
    simulated: bool | None = strawberry.field(description="Whether the figures are a simulator's, not measured.")


_STATIONS = """
SELECT s.site_id, s.name_zh, s.name_en, s.lon, s.lat,
  h.observed_at, h.aqi, h.level, h.primary_pollutants, h.simulated
FROM base.site AS s
LEFT JOIN air.latest AS h USING (site_id)
WHERE s.kind = 'station'
ORDER BY s.site_id
"""


@strawberry.type
class PublicQuery(AirQuery, AirEvaluationQuery, AirExplainQuery):
    @strawberry.field(description="The district's air stations with their latest hour.")
    def stations(self, info: Info, as_of: datetime | None = None) -> list[PublicStation]:
        return rows_as(PublicStation, info.context.frame(_STATIONS, {}, as_of))


@cache
def public_schema() -> SnapshotSchema:
    """The schema at `/mobile/public/graphql`: it reads, and has nothing that is not public."""
    derived = Derived(seen="public").query(
        "Tables", ("air.area", "air.conclusion", "air.latest", "standards.air_level")
    )
    return SnapshotSchema(query=merge_types("PublicQuery", (PublicQuery, derived)))
