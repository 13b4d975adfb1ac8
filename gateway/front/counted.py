"""Counts requests by their routes, for `/metrics`.

Labels are route templates, methods that HTTP knows and classes of status: a client can't make new ones up.
"""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
_SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
NO_ROUTE, PAGE = "none", "page"


class Requests:
    """How many requests there were and are, and how long they took; one for each application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answered = Counter(
            "env1357_http_requests",
            "Requests by route, method and class of status.",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "env1357_http_request_seconds",
            "Seconds until the whole answer was sent.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "env1357_http_requests_in_flight", "Requests that are being answered now.", registry=self.registry
        )
        self.websockets = Gauge("env1357_http_websockets", "WebSockets that are open now.", registry=self.registry)


class Counted:
    """Counts what passes."""

    def __init__(self, app: ASGIApp, requests: Requests) -> None:
        self._app, self._requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            with self._requests.websockets.track_inprogress():
                await self._app(scope, receive, send)
        elif scope["type"] == "http":
            with self._requests.in_flight.track_inprogress():
                await self._count(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, whole, began = "left", False, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = f"{message['status'] // 100}xx"
            await send(message)

        try:
            await self._app(scope, receive, noting)
            whole = True
        finally:
            status = status if whole else "5xx"
            route = template(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._requests.answered.labels(route, method, status).inc()
            self._requests.seconds.labels(route).observe(time.perf_counter() - began)


def template(scope: Scope) -> str:
    """The path of the route that a request was given to, its parameters as the route names them."""
    route = scope.get("route")
    if isinstance(route, Route):
        return f"{scope.get('root_path', '')}{route.path}"
    return PAGE if isinstance(route, Mount) else NO_ROUTE
