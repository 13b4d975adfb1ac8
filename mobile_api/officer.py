"""The officer's client: enterprises and cases, outfalls and alarms, and the steps that an officer takes on them."""

from datetime import datetime
from functools import cache

import strawberry
from strawberry.tools import merge_types

from gateway.graphql.answers import mutations
from gateway.graphql.context import Info, columns_of, rows_as
from gateway.graphql.derived import Derived
from gateway.graphql.enforcement import Case, EnforcementQuery
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.water_network import WaterNetworkQuery
from services.deciders import decided_in
from services.enforcement import commands as enforcement
from services.quality import alarms
from services.risk import commands as risk
from services.water import outfalls

_TABLES = (
    "air.conclusion",
    "enforcement.enterprise",
    "monitor.alarm",
    "monitor.alarm_step",
    "risk.incident",
    "water.alarm",
    "water.conclusion",
    "water.connection",
    "water.outfall",
    "water.outfall_progress",
    "water.outfall_result",
)


@strawberry.type
class OfficerQuery(EnforcementQuery, WaterNetworkQuery):
    @strawberry.field(description="Cases that are not closed, the one whose decision is due first at the top.")
    def open_cases(self, info: Info, as_of: datetime | None = None) -> list[Case]:
        sql = (
            f"SELECT {columns_of(Case)} FROM enforcement.case WHERE status <> 'CLOSED'"
            " ORDER BY decision_due_on, case_id"
        )
        return rows_as(Case, info.context.frame(sql, {}, as_of))


@cache
def officer_schema() -> SnapshotSchema:
    """The schema at `/mobile/officer/graphql`."""
    steps = decided_in(enforcement, risk, outfalls, alarms)
    mutation = mutations("OfficerMutation", steps)
    query = merge_types("OfficerQuery", (OfficerQuery, Derived().query("Tables", _TABLES)))
    return SnapshotSchema(query=query, mutation=mutation)
