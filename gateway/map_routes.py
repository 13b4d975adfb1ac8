"""The maps by HTTP: their index, and each as GeoJSON, as it is now or as it was known at a moment."""

from datetime import datetime
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway import maps
from gateway.graphql.allowance import Allowance
from gateway.graphql.context import Desk
from gateway.kept import Answer
from gateway.moments import naive
from projections.catalogue import catalogue
from projections.past import PastsBusy, Scope, TooMuchPast

_GEOJSON = "application/geo+json"
_REVALIDATED = {"Cache-Control": "no-cache"}


async def map_index(_request: Request) -> Response:
    """The seven maps, by their names."""
    return JSONResponse(maps.index())


async def map_layer(request: Request) -> Response:
    """One of the seven maps, read once for all who ask until a table moves that it is read from.

    With `asOf`, as it was known at that moment, made for who asks.
    """
    name, desk = request.path_params["name"], request.app.state.desk
    if name not in maps.MAPS:
        raise HTTPException(404, f"there is no map {name!r}; there are {', '.join(maps.MAPS)}")
    if said := request.query_params.get("asOf"):
        return Response(await _as_of(desk, name, _moment(said)), media_type=_GEOJSON, headers=_REVALIDATED)
    asked = ("map", name)
    answer = desk.kept.get(asked) or await desk.shared.do(
        (*asked, repr(desk.kept.moves)), partial(_drawn, desk, name)
    )
    headers = {"ETag": desk.kept.etag(asked, answer), **_REVALIDATED}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(answer.content, media_type=_GEOJSON, headers=headers)


def _moment(said: str) -> datetime:
    """A time as tables have it; a + of an offset that came as a space is taken as meant."""
    try:
        return naive(datetime.fromisoformat(said.replace(" ", "+") if "T" in said else said))
    except (ValueError, OverflowError):
        raise HTTPException(400, f"asOf: {said!r} is no time; write it as 2022-01-05T08:00:00+08:00") from None


async def _drawn(desk: Desk, name: str) -> Answer:
    allowance, before = Allowance(desk.crews.limits), desk.kept.moves

    def draw() -> bytes:
        with desk.platform.database.read() as snapshot, allowance.reading(snapshot.connection):
            return maps.geojson(snapshot.connection, name)

    content = await desk.crews.answer(allowance, draw)
    answer = desk.kept.answer(content, maps.reads(name), before)
    desk.kept.put(("map", name), answer)
    return answer


async def _as_of(desk: Desk, name: str, moment: datetime) -> bytes:
    allowance, tables = Allowance(desk.crews.limits), catalogue().closure(set(maps.MAPS[name].tables))

    def draw() -> bytes:
        with (
            desk.platform.database.read() as snapshot,
            desk.platform.pasts.at(snapshot.connection, moment, tables, Scope(), allowance.reading) as past,
            allowance.reading(past.connection),
        ):
            return maps.geojson(past.connection, name)

    try:
        return await desk.crews.answer(allowance, draw)
    except TooMuchPast as refusal:
        raise HTTPException(422, str(refusal)) from refusal
    except PastsBusy as busy:
        raise HTTPException(503, str(busy), {"Retry-After": str(busy.retry_after_s)}) from busy
