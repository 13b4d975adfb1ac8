"""What OGC API Features says of itself: landing page, conformance, collections, and the API's definition."""

from collections.abc import Iterable
from typing import Any

from gateway.ogc.wanted import CRS, CRS84, DEFAULT_ITEMS, MOST_ITEMS
from gateway.sharing.datasets import DataSet

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
GEOJSON, JSON = "application/geo+json", "application/json"
CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)


def link(href: str, rel: str, kind: str, title: str = "") -> dict[str, str]:
    """A link by RFC 8288."""
    return {"href": href, "rel": rel, "type": kind, **({"title": title} if title else {})}


def landing(base: str) -> dict[str, Any]:
    """The landing page (Part 1, 7.2); `base` is the address of `/ogc`."""
    return {
        "title": "env1357",
        "description": "Environmental data of a district.",
        "links": [
            link(f"{base}/", "self", JSON),
            link(f"{base}/api", "service-desc", OPENAPI, "The API's definition"),
            link(f"{base}/conformance", "conformance", JSON),
            link(f"{base}/collections", "data", JSON, "The collections"),
        ],
    }


def collections(found: Iterable[DataSet], base: str) -> dict[str, Any]:
    """All collections (7.13)."""
    return {
        "links": [link(f"{base}/collections", "self", JSON)],
        "crs": list(CRS),
        "collections": [collection(each, base) for each in found],
    }


def collection(data_set: DataSet, base: str) -> dict[str, Any]:
    """A collection (7.14)."""
    url = f"{base}/collections/{data_set.name}"
    about = f"{base.removesuffix('/ogc')}/api/v1/{data_set.name}/about"
    return {
        "id": data_set.name,
        "title": data_set.name,
        "description": data_set.question.words,
        "itemType": "feature",
        "crs": list(CRS),
        "storageCrs": CRS84,
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]], "crs": CRS84},
            "temporal": {"interval": [[None, None]]},
        },
        "links": [
            link(url, "self", JSON),
            link(f"{url}/items", "items", GEOJSON),
            link(about, "describedby", JSON),
        ],
    }


def definition(found: Iterable[DataSet], base: str) -> dict[str, Any]:
    """The API as OpenAPI 3.0."""
    ids = {"type": "string", "enum": [each.name for each in found]}
    named = {"name": "collectionId", "in": "path", "required": True, "schema": ids}
    item = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    crs = _query("crs", {"type": "string", "format": "uri", "enum": list(CRS), "default": CRS84})
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": DEFAULT_ITEMS}
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    items = [
        named,
        {**_query("limit", limit), "style": "form", "explode": False},
        {**_query("bbox", numbers), "style": "form", "explode": False},
        _query("bbox-crs", {"type": "string", "format": "uri", "enum": list(CRS), "default": CRS84}),
        {**_query("datetime", {"type": "string"}), "style": "form", "explode": False},
        _query("after", {"type": "string"}),
        crs,
    ]
    return {
        "openapi": "3.0.3",
        "info": {"title": "env1357, OGC API Features", "version": "1"},
        "servers": [{"url": base}],
        "paths": {
            "/": _get("landingPage", "The landing page.", JSON, []),
            "/conformance": _get("conformance", "What it conforms to.", JSON, []),
            "/api": _get("definition", "This document.", OPENAPI, []),
            "/collections": _get("collections", "The collections.", JSON, []),
            "/collections/{collectionId}": _get("collection", "A collection.", JSON, [named]),
            "/collections/{collectionId}/items": _get("items", "Its features, by pages.", GEOJSON, items),
            "/collections/{collectionId}/items/{featureId}": _get(
                "item", "A feature.", GEOJSON, [named, item, crs]
            ),
        },
    }


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _get(name: str, summary: str, kind: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    answers = {"200": {"description": summary, "content": {kind: {"schema": {"type": "object"}}}}}
    refused = {"400": {"description": "A parameter can't be read."}, "404": {"description": "It is not there."}}
    said = {"operationId": name, "summary": summary, "parameters": parameters, "responses": {**answers, **refused}}
    return {"get": said}
