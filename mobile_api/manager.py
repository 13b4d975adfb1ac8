"""The manager's client: how the district stands, in figures."""

from functools import cache

import strawberry
from strawberry.tools import merge_types

from gateway.graphql.air_evaluation import AirEvaluationQuery
from gateway.graphql.context import Info, rows_as
from gateway.graphql.derived import Derived
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.water import WaterQuery

_TABLES = (
    "air.area",
    "plan.indicator",
    "plan.progress",
    "plan.project",
    "risk.incident",
    "water.assessment",
    "water.class_share",
    "water.river",
    "water.source_assessment",
    "water.source_rate",
    "water.trophic",
)
_OVERVIEW = """
SELECT
  (SELECT count(*) FROM base.site WHERE kind = 'station') AS stations,
  (SELECT count(*) FROM risk.incident WHERE status = 'OPEN') AS open_incidents,
  (SELECT count(*) FROM enforcement.case WHERE status <> 'CLOSED') AS open_cases,
  (SELECT count(*) FROM soil.manifest WHERE status IN ('ISSUED', 'LOADED', 'DELIVERED')) AS manifests_under_way,
  (SELECT count(*) FROM ops.quarantine WHERE state IN ('OPEN', 'CORRECTED')) AS quarantined
"""


@strawberry.type(description="The district in figures.")
class Overview:
    stations: int
    open_incidents: int
    open_cases: int
    manifests_under_way: int
    quarantined: int = strawberry.field(description="What was sent, could not be accepted and is not done with.")


@strawberry.type
class ManagerQuery(AirEvaluationQuery, WaterQuery):
    @strawberry.field(description="The district in figures.")
    def overview(self, info: Info) -> Overview:
        return rows_as(Overview, info.context.frame(_OVERVIEW, {}, None))[0]


@cache
def manager_schema() -> SnapshotSchema:
    """The schema at `/mobile/manager/graphql`."""
    return SnapshotSchema(query=merge_types("ManagerQuery", (ManagerQuery, Derived().query("Tables", _TABLES))))
