"""The seven network maps as GeoJSON: what stands where, how it is, and what flows from one to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import orjson

from gateway.kept import tables_in

_SITE = "site_id AS id, kind, name_zh, name_en, lon, lat, position_quality, source = 'simulator' AS simulated"

_AIR = "ends_at, aqi, level, primary_pollutants, edition, pm25_ug_m3, pm10_ug_m3, o3_ug_m3"


@dataclass(frozen=True)
class NetworkMap:
    """One of the seven: `nodes` is SQL that gives `id`, `lon`, `lat` and what else a node says of itself.

    `edges` is SQL that gives `id`, `from_lon`, `from_lat`, `to_lon`, `to_lat` and what else a connection says.
    """

    title_zh: str
    title_en: str
    nodes: str
    edges: str | None = None


def _sites(*kinds: str) -> str:
    return f"SELECT {_SITE} FROM base.site WHERE kind IN ({', '.join(repr(kind) for kind in kinds)})"


def _latest(theme: str, columns: str) -> str:
    return f"(SELECT site_id AS id, observed_at, {columns}, simulated AS values_simulated FROM {theme}.latest)"


def _sources(kind: str, columns: str) -> str:
    """Sources of air pollution or their monitors, with what exceeded a limit there."""
    said = f"SELECT site_id AS id, {columns}, exceedances, last_exceeded_at FROM air.{kind}"
    return f"SELECT s.*, x.* EXCLUDE (id) FROM ({_sites(kind)}) AS s JOIN ({said}) AS x USING (id)"


def _connections(*kinds: str) -> str:
    """Connections of the water network of which both ends are of these kinds."""
    listed = ", ".join(repr(kind) for kind in kinds)
    return (
        "SELECT c.connection_id AS id, 'connection' AS kind, a.name_zh || '→' || b.name_zh AS name_zh,"
        " a.name_en || ' → ' || b.name_en AS name_en, c.from_id, c.to_id, c.medium, c.length_km,"
        " c.source = 'simulator' AS simulated, a.lon AS from_lon, a.lat AS from_lat, b.lon AS to_lon,"
        " b.lat AS to_lat FROM water.connection AS c JOIN base.site AS a ON a.site_id = c.from_id"
        f" JOIN base.site AS b ON b.site_id = c.to_id WHERE c.from_kind IN ({listed}) AND c.to_kind IN ({listed})"
    )


MAPS: Mapping[str, NetworkMap] = {
    "air": NetworkMap(
        "大气网络图",
        "Air",
        f"SELECT s.*, a.* EXCLUDE (id) FROM ({_sites('station')}) AS s LEFT JOIN "
        f"{_latest('air', _AIR)} AS a USING (id)"
        f" UNION ALL BY NAME {_sources('source_monitor', 'watches')}"
        f" UNION ALL BY NAME {_sources('dust_source', 'state, measures_met')}"
        f" UNION ALL BY NAME {_sources('catering', 'purifier_on, lapses')}"
        f" UNION ALL BY NAME {_sites('vehicle_device')}",
    ),
    "surface-water": NetworkMap(
        "地表水网络图",
        "Surface water",
        f"SELECT s.*, a.* EXCLUDE (id) FROM ({_sites('river', 'lake', 'section')}) AS s LEFT JOIN "
        f"{_latest('water', 'class, deciding_items, target_class, meets_target')} AS a USING (id)",
        _connections("outfall", "river", "lake", "section"),
    ),
    "outfall": NetworkMap(
        "入河排污口网络图",
        "Outfalls",
        f"SELECT s.*, b.water_body_id FROM ({_sites('outfall')}) AS s JOIN base.site AS b ON b.site_id = s.id",
        _connections("enterprise", "sewer", "plant", "outfall", "river", "lake"),
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


def index() -> list[dict[str, Any]]:
    """What maps there are; one is to be fetched anew when a table moves that it `reads`."""
    return [
        {
            "id": name,
            "title_zh": each.title_zh,
            "title_en": each.title_en,
            "href": f"/maps/{name}.geojson",
            "reads": sorted(reads(name)),
        }
        for name, each in MAPS.items()
    ]


def reads(name: str) -> frozenset[str]:
    """The tables, views and tables of events that a map is read from."""
    return tables_in(f"{MAPS[name].nodes} {MAPS[name].edges or ''}")


def geojson(connection: duckdb.DuckDBPyConnection, name: str) -> bytes:
    """The map as a GeoJSON FeatureCollection (RFC 7946): points, and behind them lines of what connects them.

    A node without a position has a null geometry, and so has a connection of one.

    Raises `KeyError` where there is no such map.
    """
    features = [_feature(row) for row in _rows(connection, MAPS[name].nodes)]
    if edges := MAPS[name].edges:
        features += [_line(row) for row in _rows(connection, edges)]
    collection = {
        "type": "FeatureCollection",
        "title_zh": MAPS[name].title_zh,
        "title_en": MAPS[name].title_en,
        "features": features,
    }
    return orjson.dumps(collection, option=orjson.OPT_NAIVE_UTC, default=str)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM ({sql}) ORDER BY id")
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _line(row: dict[str, Any]) -> dict[str, Any]:
    ends = [[row.pop("from_lon"), row.pop("from_lat")], [row.pop("to_lon"), row.pop("to_lat")]]
    placed = all(degrees is not None for end in ends for degrees in end)
    geometry = {"type": "LineString", "coordinates": ends} if placed else None
    return {"type": "Feature", "id": row.pop("id"), "geometry": geometry, "properties": row}


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    lon, lat = row.pop("lon"), row.pop("lat")
    geometry = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": row.pop("id"), "geometry": geometry, "properties": row}
