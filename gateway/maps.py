"""The seven network maps as GeoJSON: what stands where, and how it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import orjson

_SITE = "site_id AS id, kind, name_zh, name_en, lon, lat, position_quality, source = 'simulator' AS simulated"

_AIR = "ends_at, aqi, level, primary_pollutants, edition, pm25_ug_m3, pm10_ug_m3, o3_ug_m3"


@dataclass(frozen=True)
class NetworkMap:
    """One of the seven: `nodes` is SQL that gives `id`, `lon`, `lat` and what else a node says of itself."""

    title_zh: str
    title_en: str
    nodes: str


def _sites(*kinds: str) -> str:
    return f"SELECT {_SITE} FROM base.site WHERE kind IN ({', '.join(repr(kind) for kind in kinds)})"


def _latest(table: str, columns: str) -> str:
    return (
        f"(SELECT site_id AS id, observed_at, {columns}, simulated AS values_simulated FROM {table}"
        " QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY observed_at DESC) = 1)"
    )


MAPS: Mapping[str, NetworkMap] = {
    "air": NetworkMap(
        "大气网络图",
        "Air",
        f"SELECT s.*, a.* EXCLUDE (id) FROM ({_sites('station')}) AS s LEFT JOIN "
        f"{_latest('air.hourly', _AIR)}"
        " AS a USING (id)",
    ),
    "surface-water": NetworkMap(
        "地表水网络图",
        "Surface water",
        f"SELECT s.*, a.* EXCLUDE (id) FROM ({_sites('river', 'lake', 'section')}) AS s LEFT JOIN "
        f"{_latest('water.assessment', 'class, deciding_items, target_class, meets_target')} AS a USING (id)",
    ),
    "outfall": NetworkMap(
        "入河排污口网络图",
        "Outfalls",
        f"SELECT s.*, b.water_body_id FROM ({_sites('outfall')}) AS s JOIN base.site AS b ON b.site_id = s.id",
    ),
    "soil-groundwater": NetworkMap("土壤与地下水网络图", "Soil and groundwater", _sites("parcel", "well")),
    "waste": NetworkMap(
        "固废流向网络图",
        "Waste flows",
        f"SELECT s.*, count(*) FILTER (m.generator_id = s.id) AS issued, count(*) FILTER (m.receiver_id = s.id)"
        f" AS receiving FROM ({_sites('enterprise')}) AS s"
        " JOIN soil.manifest AS m ON s.id IN (m.generator_id, m.carrier_id, m.receiver_id) GROUP BY ALL",
    ),
    "risk": NetworkMap(
        "环境风险与应急网络图",
        "Risk and emergency",
        f"{_sites('risk_source', 'receptor')} UNION ALL BY NAME SELECT incident_id AS id, 'incident' AS kind,"
        " title_zh AS name_zh, title_en AS name_en, lon, lat, source = 'simulator' AS simulated, level, status"
        " FROM risk.incident",
    ),
    "enforcement": NetworkMap(
        "环境执法网格网络图",
        "Enforcement",
        f"SELECT s.*, e.permit_no, e.inspections, e.cases, e.open_cases FROM ({_sites('enterprise')}) AS s"
        " JOIN enforcement.enterprise AS e ON e.enterprise_id = s.id",
    ),
}


def index() -> list[dict[str, str]]:
    """What maps there are."""
    return [
        {"id": name, "title_zh": each.title_zh, "title_en": each.title_en, "href": f"/maps/{name}.geojson"}
        for name, each in MAPS.items()
    ]


def geojson(connection: duckdb.DuckDBPyConnection, name: str) -> bytes:
    """The map as a GeoJSON FeatureCollection (RFC 7946); nodes without a position have a null geometry.

    Raises `KeyError` where there is no such map.
    """
    cursor = connection.execute(f"SELECT * FROM ({MAPS[name].nodes}) ORDER BY id")
    columns = [column[0] for column in cursor.description]
    features = [_feature(dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]
    collection = {
        "type": "FeatureCollection",
        "title_zh": MAPS[name].title_zh,
        "title_en": MAPS[name].title_en,
        "features": features,
    }
    return orjson.dumps(collection, option=orjson.OPT_NAIVE_UTC, default=str)


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    lon, lat = row.pop("lon"), row.pop("lat")
    geometry = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": row.pop("id"), "geometry": geometry, "properties": row}
