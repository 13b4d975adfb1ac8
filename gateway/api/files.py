"""`POST /api/v1/files`: a file to import, or to see what would become of it."""

import asyncio
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.api.admission import TooBusy
from gateway.api.bodies import BadRequest, expect_media_type
from ingest.profile import kinds, said_by
from running.operations import OPERATIONS
from running.platform import UPLOADS, Platform, Progress

BINARY = "application/octet-stream"
MOST_BYTES = 256 * 1024 * 1024


class CallerLeft(Exception):
    """Nobody waits for the report any more."""


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
        uploads = platform.data / UPLOADS
        uploads.mkdir(exist_ok=True)
        with admission.entered(), tempfile.TemporaryDirectory(dir=uploads) as folder:
            path = Path(folder) / name
            async with await anyio.open_file(path, "wb") as file:
                async for piece in request.stream():
                    await file.write(piece)
            dry_run = request.query_params.get("dry_run", "") in ("true", "1")
            report = await _while_there(request, partial(_import, platform, path, kind, dry_run))
    except BadRequest as bad:
        return bad.response
    except CallerLeft as left:
        return BadRequest(499, "caller_left", str(left), "Send it again: what is there already is told.").response
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


async def _while_there(request: Request, work: Callable[[Progress], bytes]) -> bytes:
    """What the work, in a thread, gives; it is ended at its next step where the caller leaves, as `CallerLeft`."""
    left = threading.Event()

    def progress(_what: str, done: int, total: int) -> None:
        if left.is_set():
            raise CallerLeft(f"the caller left when {done} of {total} bytes were read; what was read is durable")

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left.set()

    watching = asyncio.create_task(watch())
    try:
        return await anyio.to_thread.run_sync(work, progress)
    finally:
        watching.cancel()
        await asyncio.wait([watching])


def _import(platform: Platform, path: Path, kind: str, dry_run: bool, progress: Progress) -> bytes:
    arguments = {"files": [str(path)], "kind": kind, "dry_run": dry_run}
    return orjson.dumps(OPERATIONS["import"](platform, arguments, progress))
