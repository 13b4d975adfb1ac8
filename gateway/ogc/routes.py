"""The routes of OGC API Features under `/ogc`."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.api.bodies import BadRequest
from gateway.graphql.allowance import Allowance
from gateway.graphql.context import Desk
from gateway.ogc.documents import CONFORMS, GEOJSON, OPENAPI, collection, collections, definition, landing, link
from gateway.ogc.wanted import CRS, CRS84, LATITUDE_FIRST, Wanted, read_wanted
from gateway.sharing.asking import read_asked
from gateway.sharing.datasets import DataSet, data_sets
from gateway.sharing.reading import reading
from gateway.sharing.seen import seen_by
from gateway.sharing.written import LAT, LON, feature

_AS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


async def landing_page(request: Request) -> Response:
    """Where everything else is."""
    return JSONResponse(landing(_base(request)))


async def conformance(_request: Request) -> Response:
    """What it conforms to."""
    return JSONResponse({"conformsTo": list(CONFORMS)})


async def api(request: Request) -> Response:
    """The API's definition."""
    found = await _layers(request)
    if isinstance(found, Response):
        return found
    return JSONResponse(definition(found.values(), _base(request)), media_type=OPENAPI)


async def all_collections(request: Request) -> Response:
    """The data sets with a place that the caller may see."""
    found = await _layers(request)
    return found if isinstance(found, Response) else JSONResponse(collections(found.values(), _base(request)))


async def one_collection(request: Request) -> Response:
    """One of them."""
    found = await _layer(request)
    return found if isinstance(found, Response) else JSONResponse(collection(found, _base(request)))


async def items(request: Request) -> Response:
    """A page of a collection's features."""
    layer = await _layer(request)
    if isinstance(layer, Response):
        return layer
    try:
        wanted = read_wanted(layer, request.query_params.multi_items())
        features, cursor = await _read(request, wanted)
    except BadRequest as bad:
        return bad.response
    url = f"{_base(request)}/collections/{layer.name}/items"
    query = {name: value for name, value in request.query_params.items() if name != "after"}
    links = [
        link(str(request.url), "self", GEOJSON),
        link(f"{_base(request)}/collections/{layer.name}", "collection", "application/json"),
    ]
    if cursor:
        links.append(link(f"{url}?{urlencode({**query, 'after': cursor})}", "next", GEOJSON))
    said = {
        "type": "FeatureCollection",
        "features": features,
        "numberReturned": len(features),
        "timeStamp": request.app.state.platform.clock(),
        "links": links,
    }
    return _geojson(said, wanted.crs)


async def item(request: Request) -> Response:
    """One feature."""
    layer = await _layer(request)
    if isinstance(layer, Response):
        return layer
    named = request.path_params["feature"]
    crs = request.query_params.get("crs", CRS84)
    try:
        if set(request.query_params) - {"crs", "f"} or crs not in CRS:
            raise BadRequest(400, "bad_parameter", "only a known `crs` is asked here", "See /ogc/api.")
        values = [unquote(part) for part in named.split("~")]
        key = layer.projection.key
        if len(values) != len(key):
            raise _no_feature(named)
        try:
            asked = read_asked(layer, [*zip(key, values, strict=True), ("first", "1")], ("json",))
        except BadRequest as bad:
            raise _no_feature(named) from bad
        features, _ = await _read(request, Wanted(asked, crs))
        if not features:
            raise _no_feature(named)
    except BadRequest as bad:
        return bad.response
    url = f"{_base(request)}/collections/{layer.name}"
    links = [link(str(request.url), "self", GEOJSON), link(url, "collection", "application/json")]
    return _geojson({**features[0], "links": links}, crs)


async def _read(request: Request, wanted: Wanted) -> tuple[list[dict[str, Any]], str | None]:
    """Features in the reference system that is asked for, and the place behind them where more come."""
    desk: Desk = request.app.state.desk
    allowance = Allowance(desk.crews.limits)

    def read() -> tuple[list[dict[str, Any]], str | None]:
        with reading(desk.platform, wanted.asked, allowance, placed=True) as found:
            rows = [row for batch in found.batches for row in batch.to_pylist()]
            cursor = found.cursor(wanted.asked)
        return [_feature(wanted, row) for row in rows], cursor

    return await desk.crews.answer(allowance, read)


def _feature(wanted: Wanted, row: dict[str, Any]) -> dict[str, Any]:
    identity = "~".join(_part(row[name]) for name in wanted.asked.data_set.projection.key)
    if wanted.crs in LATITUDE_FIRST:
        row[LON], row[LAT] = row[LAT], row[LON]
    return {**feature(row), "id": identity}


def _part(value: Any) -> str:
    """A value of a key in a feature's id."""
    if isinstance(value, datetime):
        return quote(value.replace(tzinfo=None).isoformat() + "Z", safe=":")
    said = (
        value.isoformat()
        if isinstance(value, date)
        else json.dumps(value)
        if isinstance(value, bool)
        else str(value)
    )
    return quote(said, safe="").replace("~", "%7E")


def _geojson(said: Mapping[str, Any], crs: str) -> Response:
    return Response(
        orjson.dumps(said, option=_AS),
        media_type=GEOJSON,
        headers={"Content-Crs": f"<{crs}>", "Vary": "Authorization"},
    )


async def _layers(request: Request) -> Mapping[str, DataSet] | Response:
    try:
        seen = await anyio.to_thread.run_sync(seen_by, request)
    except BadRequest as bad:
        return bad.response
    return {name: each for name, each in data_sets(seen).items() if each.place != "none"}


async def _layer(request: Request) -> DataSet | Response:
    found = await _layers(request)
    if isinstance(found, Response):
        return found
    name = request.path_params["collection"]
    if name not in found:
        said = f"there is no collection {name[:100]!r}, or not for you"
        return BadRequest(404, "no_such_collection", said, "See /ogc/collections.").response
    return found[name]


def _no_feature(named: str) -> BadRequest:
    return BadRequest(404, "no_such_feature", f"there is no feature {named[:100]!r}", "See the collection's items.")


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/") + "/ogc"


OGC_ROUTES = (
    Route("/ogc", landing_page),
    Route("/ogc/", landing_page),
    Route("/ogc/conformance", conformance),
    Route("/ogc/api", api),
    Route("/ogc/collections", all_collections),
    Route("/ogc/collections/{collection}", one_collection),
    Route("/ogc/collections/{collection}/items", items),
    Route("/ogc/collections/{collection}/items/{feature:path}", item),
)
