"""The GraphQL editor: a page of our own, so that it works without the internet."""

from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_FILE = "graphql.html"
_NOT_BUILT = "The editor is not built: run `make web` (it needs Node). Questions are answered here by POST.\n"


class WithEditor:
    """Shows a browser that comes to an endpoint the editor for it; what asks a question goes on to `endpoint`."""

    def __init__(self, endpoint: ASGIApp, page: Path) -> None:
        self._endpoint, self._file = endpoint, page / _FILE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and _wants_a_page(scope):
            there = self._file.exists()
            answer = FileResponse(self._file) if there else PlainTextResponse(_NOT_BUILT, 404)
            await answer(scope, receive, send)
        else:
            await self._endpoint(scope, receive, send)


def _wants_a_page(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")
