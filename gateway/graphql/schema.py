"""The whole schema: what tables say, and by hand what a table can't."""

from functools import cache

from strawberry.tools import merge_types

from gateway.graphql.air import AirQuery
from gateway.graphql.air_coins import AirCoinQuery
from gateway.graphql.air_evaluation import AirEvaluationQuery
from gateway.graphql.air_explain import AirExplainQuery
from gateway.graphql.air_odour import AirOdourQuery
from gateway.graphql.air_patterns import AirPatternQuery
from gateway.graphql.air_weather import AirWeatherQuery
from gateway.graphql.answers import mutations
from gateway.graphql.archive import ArchiveQuery
from gateway.graphql.derived import Derived
from gateway.graphql.device import DeviceQuery
from gateway.graphql.enforcement import EnforcementQuery
from gateway.graphql.lagging import LaggingQuery
from gateway.graphql.moved import Subscription
from gateway.graphql.observations import ObservationMutation
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.quarantine import QuarantineMutation, QuarantineQuery
from gateway.graphql.water import WaterQuery
from gateway.graphql.water_explain import WaterExplainQuery
from gateway.graphql.water_network import WaterNetworkQuery
from projections.asked import asked_tables

BY_HAND = (
    AirQuery,
    AirEvaluationQuery,
    AirExplainQuery,
    AirPatternQuery,
    AirWeatherQuery,
    AirCoinQuery,
    AirOdourQuery,
    WaterQuery,
    WaterExplainQuery,
    WaterNetworkQuery,
    EnforcementQuery,
    DeviceQuery,
    QuarantineQuery,
    LaggingQuery,
    ArchiveQuery,
)


@cache
def build_schema() -> SnapshotSchema:
    """The schema at `/graphql`."""
    query = merge_types("Query", (*BY_HAND, Derived().query("Tables", asked_tables())))
    mutation = merge_types("Mutation", (ObservationMutation, QuarantineMutation, mutations()))
    return SnapshotSchema(query=query, mutation=mutation, subscription=Subscription)
