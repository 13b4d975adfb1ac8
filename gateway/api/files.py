"""`POST /api/v1/files`: a file to import, or to see what would become of it."""

import tempfile
from pathlib import Path

import anyio
import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.api.admission import TooBusy
from gateway.api.bodies import BadRequest, expect_media_type
from gateway.operations import OPERATIONS
from gateway.platform import Platform, silent
from services.ingest.profile import kinds, said_by

BINARY = "application/octet-stream"
MOST_BYTES = 256 * 1024 * 1024


async def profiles(_request: Request) -> Response:
    """The kinds of files that can be imported."""
    return JSONResponse([{"kind": kind, "title": said_by(kind)["title"]} for kind in kinds()])


async def files(request: Request) -> Response:
    """Import the body as a file of the name and kind that the query says; with `dry_run` nothing is recorded.

    A browser does not send this media type for another site without asking first, so no other page can import.
    """
    platform, admission = request.app.state.platform, request.app.state.admission
    try:
        expect_media_type(request, BINARY)
        kind, name = _expect_kind(request), _expect_name(request)
        with admission.entered(), tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            async with await anyio.open_file(path, "wb") as file:
                async for piece in request.stream():
                    await file.write(piece)
            dry_run = request.query_params.get("dry_run", "") in ("true", "1")
            report = await anyio.to_thread.run_sync(_import, platform, path, kind, dry_run)
    except BadRequest as bad:
        return bad.response
    except TooBusy as busy:
        after = str(busy.retry_after_s)
        return BadRequest(429, "too_busy", str(busy), "Send it again then.", Retry_After=after).response
    return Response(report, media_type="application/json")


def _expect_kind(request: Request) -> str:
    kind: str = request.query_params.get("kind", "")
    if kind not in kinds():
        raise BadRequest(422, "unknown_kind", f"there is no profile {kind!r}", f"Use {', '.join(kinds())}.")
    return kind


def _expect_name(request: Request) -> str:
    """The file's name without any folder, since it says what format it is of and where rows came from."""
    name = Path(request.query_params.get("name", "").replace("\\", "/")).name
    if name in ("", "..") or len(name.encode()) > 200 or "\0" in name:
        raise BadRequest(422, "no_name", "the file has no name that can be used", "Say `name=<its name>`.")
    return name


def _import(platform: Platform, path: Path, kind: str, dry_run: bool) -> bytes:
    arguments = {"files": [str(path)], "kind": kind, "dry_run": dry_run}
    return orjson.dumps(OPERATIONS["import"](platform, arguments, silent))
