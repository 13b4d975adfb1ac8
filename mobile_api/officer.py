"""The officer's client: enterprises and cases, outfalls and alarms, and the steps that an officer takes on them."""

import strawberry

from gateway.graphql.answers import mutations
from gateway.graphql.context import Info, columns_of, rows_as
from gateway.graphql.enforcement import Case, EnforcementQuery
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.risk import RiskQuery
from gateway.graphql.water_network import WaterNetworkQuery
from gateway.graphql.water_outfalls import OutfallQuery
from services.enforcement import commands as enforcement
from services.risk import commands as risk
from services.water import alarms, outfalls


@strawberry.type
class OfficerQuery(EnforcementQuery, RiskQuery, OutfallQuery, WaterNetworkQuery):
    @strawberry.field(description="Cases that are not closed, the one whose decision is due first at the top.")
    def open_cases(self, info: Info) -> list[Case]:
        sql = (
            f"SELECT {columns_of(Case)} FROM enforcement.case WHERE status <> 'CLOSED'"
            " ORDER BY decision_due_on, case_id"
        )
        return rows_as(Case, info.context.frame(sql, {}, None))


def officer_schema() -> SnapshotSchema:
    """The schema at `/mobile/officer/graphql`."""
    steps = [*enforcement.DECIDERS, *risk.DECIDERS, *outfalls.DECIDERS, *alarms.DECIDERS]
    mutation = mutations("OfficerMutation", steps)
    return SnapshotSchema(query=OfficerQuery, mutation=mutation)
