"""Serves a schema over HTTP, over graphql-transport-ws, and subscriptions as events of a stream."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult

from gateway.graphql.context import Context, Desk
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.socket import Socket

_NO_REQUEST = (
    'a GraphQL request is a JSON object, as {"query": "{ sites { siteId } }", "variables": {}}, '
    "sent as application/json"
)
_ASK_AGAIN_S = "2"


class GraphQLEndpoint(GraphQL[Context, None]):
    """Serves a schema; each operation with a context of its own, for as long as its caller is there."""

    graphql_transport_ws_handler_class = Socket

    def __init__(self, schema: SnapshotSchema, desk: Desk) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=10),
        )
        self._desk = desk
        self.sockets = Counter[str]()

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002
        return Context(self._desk)

    def decode_json(self, data: str | bytes) -> object:
        """What a client says. Raises `json.JSONDecodeError`, however deep or badly encoded it is."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """What is asked. Raises `HTTPException` 400, saying what a request looks like, where it is none."""
        if request.method == "GET":
            said: Any = self.parse_query_params(request.query_params)
        elif "application/json" in (request.content_type or ""):
            said = self.parse_json(await request.get_body())
        else:
            raise HTTPException(400, f"the body's type is {request.content_type!r}: {_NO_REQUEST}")
        if not isinstance(said, Mapping):
            raise HTTPException(400, f"the body is {_named(said)}: {_NO_REQUEST}")
        for name, kind in _PARTS.items():
            if not isinstance(said.get(name), kind | None):
                raise HTTPException(400, f"`{name}` is {_named(said[name])}: {_NO_REQUEST}")
        transport = self._get_stream_transport_from_headers(request.headers)
        query, variables, operation, extensions = (said.get(name) for name in _PARTS)
        protocol = transport.protocol if transport else "http"
        return GraphQLRequestData(query, variables, operation, extensions, protocol)

    async def execute_single(self, request: Request, **named: Any) -> ExecutionResult:  # type: ignore[override]
        """Answer one operation, or end it when the caller leaves."""
        answering = asyncio.ensure_future(super().execute_single(request=request, **named))
        leaving = asyncio.ensure_future(_left(request))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "the caller left before the answer was whole")
            result = answering.result()
        finally:
            answering.cancel()
            leaving.cancel()
        _tell(named["sub_response"], request, named["context"], result)
        return result

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        if sub_response.status_code == HTTPStatus.NOT_MODIFIED:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=dict(sub_response.headers))
        return super().create_response(response_data, sub_response)


_PARTS: Mapping[str, type] = {"query": str, "variables": dict, "operationName": str, "extensions": dict}


def _tell(sent: Response, request: Request, context: Context, result: ExecutionResult) -> None:
    """Say in an answer's headers what its caller may do: ask again later, or keep it."""
    codes = {(error.extensions or {}).get("code") for error in result.errors or ()}
    if "BUSY" in codes:
        sent.status_code, sent.headers["Retry-After"] = HTTPStatus.SERVICE_UNAVAILABLE, _ASK_AGAIN_S
    if "SUBSCRIBE" in codes:
        sent.status_code = HTTPStatus.NOT_ACCEPTABLE
    if context.etag and request.method == "GET":
        sent.headers["ETag"], sent.headers["Cache-Control"] = context.etag, "no-cache"
        if context.etag in request.headers.get("if-none-match", ""):
            sent.status_code = HTTPStatus.NOT_MODIFIED


async def _left(request: Request) -> None:
    """Returns when the other end of a request is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _named(said: object) -> str:
    kinds: Mapping[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if said is None else kinds.get(type(said), "a number")
