"""The seven network maps as GeoJSON: what stands where, how it is, and what flows from one to another.

What a map shows are the tables `map.<name>_nodes` and, where something flows, `map.<name>_edges`. Nodes have `id`,
`lon`, `lat`, edges `id`, `from_lon`, `from_lat`, `to_lon`, `to_lat`; what else they say are their properties.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import orjson

from projections.catalogue import catalogue

_OUTLINES = "map.outline"


@dataclass(frozen=True)
class NetworkMap:
    """One of the seven: its titles, and the tables of what it shows."""

    title_zh: str
    title_en: str
    nodes: str
    edges: str | None

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.nodes, *filter(None, [self.edges]), _OUTLINES)


def _map(name: str, title_zh: str, title_en: str) -> tuple[str, NetworkMap]:
    table = f"map.{name.replace('-', '_')}"
    edges = f"{table}_edges" if f"{table}_edges" in catalogue().projections else None
    return name, NetworkMap(title_zh, title_en, f"{table}_nodes", edges)


MAPS: Mapping[str, NetworkMap] = dict(
    (
        _map("air", "大气网络图", "Air"),
        _map("surface-water", "地表水网络图", "Surface water"),
        _map("outfall", "入河排污口网络图", "Outfalls"),
        _map("soil-groundwater", "土壤与地下水网络图", "Soil and groundwater"),
        _map("waste", "固废流向网络图", "Waste flows"),
        _map("risk", "环境风险与应急网络图", "Risk and emergency"),
        _map("enforcement", "环境执法网格网络图", "Enforcement"),
    )
)


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
    """The tables and views that a map's own are made from."""
    return frozenset(source for table in MAPS[name].tables for source in catalogue().projections[table].sources)


def geojson(connection: duckdb.DuckDBPyConnection, name: str) -> bytes:
    """The map as a GeoJSON FeatureCollection (RFC 7946): points, behind them lines of what connects them, and
    lines and areas that nodes take up, of kind `outline`.

    A node without a position has a null geometry, and so has a connection of one.

    Raises `KeyError` where there is no such map.
    """
    shown = MAPS[name]
    features = [_feature(row) for row in _rows(connection, shown.nodes)]
    if shown.edges:
        features += [_line(row) for row in _rows(connection, shown.edges)]
    outlines = f"(FROM {_OUTLINES} WHERE site_id IN (SELECT id FROM {shown.nodes}))"
    features += [_outline(row) for row in _rows(connection, outlines)]
    collection = {
        "type": "FeatureCollection",
        "title_zh": shown.title_zh,
        "title_en": shown.title_en,
        "features": features,
    }
    return orjson.dumps(collection, option=orjson.OPT_NAIVE_UTC, default=str)


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY id")
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


def _outline(row: dict[str, Any]) -> dict[str, Any]:
    geometry = orjson.Fragment(row.pop("geometry"))
    return {"type": "Feature", "id": row.pop("id"), "geometry": geometry, "properties": row}
