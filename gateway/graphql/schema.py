"""The whole schema, composed of the themes'."""

from strawberry.tools import merge_types

from gateway.graphql.air import AirQuery
from gateway.graphql.air_carbon import AirCarbonQuery
from gateway.graphql.air_evaluation import AirEvaluationQuery
from gateway.graphql.air_explain import AirExplainQuery
from gateway.graphql.air_patterns import AirPatternQuery
from gateway.graphql.answers import mutations
from gateway.graphql.enforcement import EnforcementQuery
from gateway.graphql.moved import Subscription
from gateway.graphql.observations import ObservationMutation, ObservationQuery
from gateway.graphql.operation import CONFIG, LIMITS, SnapshotSchema
from gateway.graphql.plan import PlanQuery
from gateway.graphql.risk import RiskQuery
from gateway.graphql.site import SiteQuery
from gateway.graphql.soil import SoilQuery
from gateway.graphql.water import WaterQuery

Query = merge_types(
    "Query",
    (
        SiteQuery,
        AirQuery,
        AirEvaluationQuery,
        AirExplainQuery,
        AirPatternQuery,
        AirCarbonQuery,
        WaterQuery,
        SoilQuery,
        RiskQuery,
        EnforcementQuery,
        PlanQuery,
        ObservationQuery,
    ),
)


def build_schema() -> SnapshotSchema:
    """The schema at `/graphql`."""
    mutation = merge_types("Mutation", (ObservationMutation, mutations()))
    return SnapshotSchema(
        query=Query, mutation=mutation, subscription=Subscription, config=CONFIG, extensions=LIMITS
    )
