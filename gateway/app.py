"""Builds the ASGI application."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import orjson
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from eventlog.log import LogUnavailable
from gateway import registry
from gateway.api import files, observations
from gateway.api.admission import Admission
from gateway.api.deliveries import Deliveries
from gateway.api.routes import API_ROUTES
from gateway.front.answers import HEADERS, Secured
from gateway.front.bodies import KIB, MIB, Bodies, BodyLimit
from gateway.front.counted import Counted, Requests
from gateway.front.doors import Doors
from gateway.front.editor import WithEditor
from gateway.graphql.allowance import Ended, OperationLimits
from gateway.graphql.context import open_desk
from gateway.graphql.crew import Crew
from gateway.graphql.endpoint import GraphQLEndpoint
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.schema import build_schema
from gateway.map_routes import map_index, map_layer
from gateway.metrics import exposition
from gateway.ogc.routes import OGC_ROUTES
from gateway.sharing import shown
from gateway.sharing.downloads import Downloads, rows
from gateway.sharing.entries import Publisher
from projections.database import DatabaseUnavailable
from running.failures import EXPECTED_FAILURES
from running.health import Trouble, status_of, told
from running.operations import OPERATIONS
from running.platform import Platform

_READY_LAG = 1000
_READY_WITHIN_S = 2.0
_NO_PAGE = "The page is not built: run `make web` (it needs Node). The API is at /graphql, the maps at /maps.\n"

_SMALLER = "Ask for less at once, or send statements by POST /api/v1/observations."
_LIMITS = (
    BodyLimit("/graphql", MIB, _SMALLER),
    BodyLimit("/mobile/", MIB, _SMALLER),
    BodyLimit("/api/v1/observations", observations.MOST_BYTES, "Send it in parts."),
    BodyLimit("/api/v1/files", files.MOST_BYTES, "Send the file in parts.", in_memory=False),
    BodyLimit("/registry/", 256 * KIB, "Send the schema alone."),
    BodyLimit("/ops/", MIB, "Name files by their paths."),
)

_logger = structlog.get_logger(__name__)


def build_app(
    platform: Platform,
    key: str,
    page: Path,
    schemas: Mapping[str, SnapshotSchema],
    doors: Doors | None = None,
    limits: OperationLimits | None = None,
    publisher: Publisher | None = None,
) -> Starlette:
    """The application that serves a platform.

    `key` lets its holder operate it, `page` is the folder of the built page, `schemas` are the mobile clients'
    by their names, `doors` whom it lets in, `limits` what a GraphQL operation may use, `publisher` answers for
    data sets.
    """
    desk = open_desk(platform, limits or OperationLimits())
    endpoints = {"/graphql": build_schema(), **{f"/mobile/{name}/graphql": s for name, s in schemas.items()}}
    served = [(path, GraphQLEndpoint(schema, desk)) for path, schema in endpoints.items()]
    requests = Requests()
    app = Starlette(
        routes=[
            *[Route(path, WithEditor(endpoint, page), methods=["GET", "POST"]) for path, endpoint in served],
            *[WebSocketRoute(path, endpoint) for path, endpoint in served],
            Route("/maps", map_index),
            Route("/maps/{name}.geojson", map_layer),
            registry.routes("/registry"),
            Route("/healthz", alive),
            Route("/readyz", ready),
            Route("/metrics", metrics),
            *API_ROUTES,
            Route("/api/v1/{data_set}", rows),
            *shown.ROUTES,
            *OGC_ROUTES,
            Route("/ops/{operation}", operate, methods=["POST"]),
            _page(page),
        ],
        middleware=[
            Middleware(Counted, requests),
            Middleware(Secured),
            *(doors or Doors()).middleware(),
            Middleware(Bodies, _LIMITS),
            Middleware(GZipMiddleware, minimum_size=2000),
        ],
        exception_handlers={
            Exception: broken,
            DatabaseUnavailable: unavailable,
            LogUnavailable: unavailable,
            Ended: unavailable,
        },
    )
    app.state.desk, app.state.asking = desk, Crew("ready", 2, _READY_WITHIN_S)
    app.state.requests = requests
    app.state.platform, app.state.key, app.state.admission = platform, key, Admission(platform)
    app.state.deliveries, app.state.downloads = Deliveries(platform), Downloads(platform, desk)
    app.state.publisher = publisher or Publisher()
    return app


async def alive(_request: Request) -> Response:
    """200 as long as the process answers at all; it waits for no thread."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """200 where the tables have caught up with the log and no part has failed, 503 with the reasons where not.

    `degraded`, also 200, where a part is not well and the others can be relied on.
    """
    platform: Platform = request.app.state.platform
    troubles = platform.health.troubles()
    lag = await _lag(request.app.state.asking, platform)
    if lag is None:
        troubles.append(
            Trouble("log", f"it did not say within {_READY_WITHIN_S:g} s where it ends: see its disk", stops=True)
        )
    elif lag > _READY_LAG and platform.database.due is None:
        troubles.append(Trouble("fold", f"{lag} events of the log are in no table yet", stops=True))
    status = status_of(troubles)
    said = {"status": status, "lag_events": lag, "troubles": told(troubles)}
    return JSONResponse(said, 503 if status == "not ready" else 200)


async def _lag(asking: Crew, platform: Platform) -> int | None:
    """How many events are not folded; None where the log does not say in time. It waits for nobody else's work."""
    try:
        return await asyncio.wait_for(asking.do(platform.follower.lag), _READY_WITHIN_S)
    except (TimeoutError, Ended):
        return None


async def metrics(request: Request) -> Response:
    state = request.app.state
    text = await anyio.to_thread.run_sync(exposition, state.platform, state.requests.registry)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


async def operate(request: Request) -> Response:
    """Carry out an operation for a holder of the key, telling its progress line by line."""
    said = request.headers.get("authorization", "")
    if not secrets.compare_digest(said.encode(), f"Bearer {request.app.state.key}".encode()):
        raise HTTPException(401, "operations need the key in the data folder's serve.json")
    name = request.path_params["operation"]
    if name not in OPERATIONS:
        raise HTTPException(404, f"there is no operation {name!r}; there are {', '.join(OPERATIONS)}")
    arguments = await request.json()
    return StreamingResponse(_told(request.app.state.platform, name, arguments), media_type="application/x-ndjson")


async def _told(platform: Platform, name: str, arguments: dict[str, Any]) -> AsyncIterator[bytes]:
    send, receive = anyio.create_memory_object_stream[dict[str, Any]](1000)

    def tell(message: dict[str, Any]) -> None:
        anyio.from_thread.run(send.send, message)

    def run() -> None:
        try:
            report = OPERATIONS[name](platform, arguments, lambda *done: tell({"progress": done}))
            tell({"report": report})
        except EXPECTED_FAILURES as failure:
            tell({"failed": str(failure)})

    async def in_thread() -> None:
        async with send:
            await anyio.to_thread.run_sync(run)

    async with anyio.create_task_group() as group, receive:
        group.start_soon(in_thread)
        async for message in receive:
            yield orjson.dumps(message, option=orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS, default=str) + b"\n"


async def broken(_request: Request, _error: Exception) -> Response:
    """The answer where something nobody expected was raised; what it was stands in the server's own log."""
    text = "Something went wrong here; the server's log says what. Try again, and tell who runs it.\n"
    return PlainTextResponse(text, 500, headers=HEADERS)


async def unavailable(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", 503, headers={"Retry-After": "5"})


def _page(folder: Path) -> Route | Mount:
    if (folder / "index.html").exists():
        return Mount("/", StaticFiles(directory=folder, html=True))
    return Route("/", lambda _: PlainTextResponse(_NO_PAGE))
