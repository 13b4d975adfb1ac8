"""How a request is turned away before any route sees it, and the headers that every answer carries."""

from dataclasses import dataclass

import orjson
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    [
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # what charts, maps and the editor draw is placed so
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
"""Scripts, styles, pictures and connections come from this server alone, and nobody frames its pages."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

STAY_WITH_TLS = ("Strict-Transport-Security", "max-age=31536000")
"""A browser that came by TLS once does not come without it for a year."""


@dataclass(frozen=True)
class TurnedAway:
    """Why a request gets no further: `message` says what, `where` in what part of it, `remedy` what to do."""

    status: int
    code: str
    message: str
    where: str
    remedy: str

    def response(self, **headers: str) -> Response:
        """The answer, for a request or a WebSocket's handshake."""
        said = {"code": self.code, "message": self.message, "where": self.where, "remedy": self.remedy}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Response(orjson.dumps(said), self.status, named, "application/json")


class Secured:
    """Adds the headers that tell a browser to keep other pages away from what this server says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") in ("https", "wss"):
                    headers.setdefault(*STAY_WITH_TLS)
            await send(message)

        await self._app(scope, receive, with_headers)
