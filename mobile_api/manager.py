"""The manager's client: how the district stands, in figures."""

from datetime import datetime
from functools import cache

import strawberry
from strawberry.tools import merge_types

from gateway.graphql.air_evaluation import AirEvaluationQuery
from gateway.graphql.context import Info
from gateway.graphql.derived import Derived
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.water import WaterQuery

_TABLES = (
    "air.area",
    "air.conclusion",
    "monitor.alarm",
    "plan.indicator",
    "plan.progress",
    "plan.project",
    "risk.incident",
    "water.assessment",
    "water.class_share",
    "water.conclusion",
    "water.river",
    "water.source_assessment",
    "water.source_rate",
    "water.trophic",
)
_OVERVIEW = """
WITH counted AS (
  SELECT 'stations' AS what, source FROM base.site WHERE kind = 'station'
  UNION ALL SELECT 'open_incidents', source FROM risk.incident WHERE status = 'OPEN'
  UNION ALL SELECT 'open_cases', source FROM enforcement.case WHERE status <> 'CLOSED'
  UNION ALL SELECT 'manifests_under_way', source FROM soil.manifest
  WHERE status IN ('ISSUED', 'LOADED', 'DELIVERED')
)
SELECT count(*) FILTER (what = 'stations') AS stations, count(*) FILTER (what = 'open_incidents') AS open_incidents,
  count(*) FILTER (what = 'open_cases') AS open_cases,
  count(*) FILTER (what = 'manifests_under_way') AS manifests_under_way
FROM (VALUES (false), (true)) AS s(simulated) LEFT JOIN counted ON (source = 'simulator') = simulated
GROUP BY simulated ORDER BY simulated
"""
_QUARANTINED = "SELECT count(*) AS quarantined FROM ops.quarantine WHERE state IN ('OPEN', 'CORRECTED')"


@strawberry.type(description="What there is in the district, or what a simulator made up.")
class DistrictCounts:
    stations: int
    open_incidents: int
    open_cases: int
    manifests_under_way: int


@strawberry.type(description="The district in figures; what a simulator made up is counted apart.")
class Overview:
    stations: int
    open_incidents: int
    open_cases: int
    manifests_under_way: int
    quarantined: int = strawberry.field(description="What was sent, could not be accepted and is not done with.")
    simulated: DistrictCounts = strawberry.field(description="The same counts of what a simulator made up.")


@strawberry.type
class ManagerQuery(AirEvaluationQuery, WaterQuery):
    @strawberry.field(description="The district in figures.")
    def overview(self, info: Info, as_of: datetime | None = None) -> Overview:
        real, simulated = info.context.frame(_OVERVIEW, {}, as_of).to_dicts()
        (quarantined,) = info.context.frame(_QUARANTINED, {}, as_of).to_dicts()
        return Overview(**real, **quarantined, simulated=DistrictCounts(**simulated))


@cache
def manager_schema() -> SnapshotSchema:
    """The schema at `/mobile/manager/graphql`."""
    return SnapshotSchema(query=merge_types("ManagerQuery", (ManagerQuery, Derived().query("Tables", _TABLES))))
