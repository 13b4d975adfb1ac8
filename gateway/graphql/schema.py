"""The whole schema, composed of the themes'."""

from strawberry.tools import merge_types

from gateway.graphql.air import AirQuery
from gateway.graphql.air_carbon import AirCarbonQuery
from gateway.graphql.air_coins import AirCoinQuery
from gateway.graphql.air_evaluation import AirEvaluationQuery
from gateway.graphql.air_explain import AirExplainQuery
from gateway.graphql.air_machinery import AirMachineryQuery
from gateway.graphql.air_odour import AirOdourQuery
from gateway.graphql.air_patterns import AirPatternQuery
from gateway.graphql.air_sources import AirSourceQuery
from gateway.graphql.air_tanks import AirTankQuery
from gateway.graphql.air_vehicles import AirVehicleQuery
from gateway.graphql.air_voc import AirVocQuery
from gateway.graphql.air_weather import AirWeatherQuery
from gateway.graphql.answers import mutations
from gateway.graphql.archive import ArchiveQuery
from gateway.graphql.device import DeviceQuery
from gateway.graphql.enforcement import EnforcementQuery
from gateway.graphql.lagging import LaggingQuery
from gateway.graphql.moved import Subscription
from gateway.graphql.observations import ObservationMutation, ObservationQuery
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.plan import PlanQuery
from gateway.graphql.quality import QualityQuery
from gateway.graphql.quarantine import QuarantineMutation, QuarantineQuery
from gateway.graphql.risk import RiskQuery
from gateway.graphql.site import SiteQuery
from gateway.graphql.soil import SoilQuery
from gateway.graphql.waste import WasteQuery
from gateway.graphql.water import WaterQuery
from gateway.graphql.water_explain import WaterExplainQuery
from gateway.graphql.water_network import WaterNetworkQuery
from gateway.graphql.water_outfalls import OutfallQuery
from gateway.graphql.water_registers import WaterRegisterQuery

WATER = (WaterQuery, WaterExplainQuery, WaterNetworkQuery, OutfallQuery, WaterRegisterQuery)
MOBILE = (AirVehicleQuery, AirMachineryQuery, AirCoinQuery)

Query = merge_types(
    "Query",
    (
        SiteQuery,
        AirQuery,
        AirEvaluationQuery,
        AirExplainQuery,
        AirPatternQuery,
        AirWeatherQuery,
        *WATER,
        AirCarbonQuery,
        AirSourceQuery,
        AirVocQuery,
        AirTankQuery,
        AirOdourQuery,
        *MOBILE,
        ArchiveQuery,
        SoilQuery,
        WasteQuery,
        RiskQuery,
        EnforcementQuery,
        PlanQuery,
        ObservationQuery,
        DeviceQuery,
        QualityQuery,
        QuarantineQuery,
        LaggingQuery,
    ),
)


def build_schema() -> SnapshotSchema:
    """The schema at `/graphql`."""
    mutation = merge_types("Mutation", (ObservationMutation, QuarantineMutation, mutations()))
    return SnapshotSchema(query=Query, mutation=mutation, subscription=Subscription)
