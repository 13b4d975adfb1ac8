"""The water network: its connections, what lies upstream of a node, and what a node's water reaches."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info
from gateway.graphql.rows import objects


@strawberry.type(description="A way that water takes from one node to another.")
class Connection:
    connection_id: str
    from_kind: str
    from_id: str
    to_kind: str
    to_id: str
    medium: str = strawberry.field(description="SEWAGE, EFFLUENT, STORMWATER or RIVER_WATER.")
    length_km: float | None
    leaves_at_km: float | None = strawberry.field(description="Place on the river that it leaves.")
    enters_at_km: float | None = strawberry.field(description="Place on the river that it enters.")
    source: str


@strawberry.type(description="A node up or down the water network from another.")
class NetworkNode:
    site_id: str
    kind: str
    name_zh: str | None
    name_en: str | None
    steps: int = strawberry.field(description="Connections between the two.")
    distance_km: float = strawberry.field(
        description="Along the shortest way; a lower bound where it is not known."
    )
    distance_known: bool
    way: list[str] = strawberry.field(description="The nodes of that way, in the direction of flow, both ends too.")


_REACH = """
SELECT r.{end}_id AS site_id, r.{end}_kind AS kind, s.name_zh, s.name_en, r.steps, r.distance_km, r.distance_known,
  r.nodes AS way
FROM water.reach AS r LEFT JOIN base.site AS s ON s.site_id = r.{end}_id
WHERE r.{asked}_id = $site ORDER BY r.distance_km, r.steps, r.{end}_id
"""


@strawberry.type
class WaterNetworkQuery:
    @strawberry.field(description="What lies upstream of a section or other node, the nearest first.")
    def upstream(self, info: Info, site_id: str, as_of: datetime | None = None) -> list[NetworkNode]:
        return _nodes(info, _REACH.format(end="origin", asked="reached"), site_id, as_of)

    @strawberry.field(description="What the water of an outfall or other node reaches, the nearest first.")
    def downstream(self, info: Info, site_id: str, as_of: datetime | None = None) -> list[NetworkNode]:
        return _nodes(info, _REACH.format(end="reached", asked="origin"), site_id, as_of)


def _nodes(info: Info, sql: str, site_id: str, as_of: datetime | None) -> list[NetworkNode]:
    frame = info.context.frame(sql, {"site": site_id}, as_of)
    return objects(NetworkNode, frame)
