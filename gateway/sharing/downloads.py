"""`GET /api/v1/<data set>`: its rows as a file, made whole before it is sent, so that its sums are known."""

import base64
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from gateway.api.bodies import BadRequest
from gateway.graphql.allowance import Allowance, OperationLimits
from gateway.graphql.context import Desk
from gateway.graphql.crew import Crew
from gateway.sharing.asking import Asked, read_asked
from gateway.sharing.followed import Followed
from gateway.sharing.formats import FORMATS
from gateway.sharing.reading import Reading, reading, reading_changes
from gateway.sharing.seen import asked_data_set
from gateway.sharing.shelf import Made, Shelf, digest
from gateway.sharing.workbook import TooLarge
from gateway.sharing.written import About
from running.platform import UPLOADS, Platform

_LIMITS = OperationLimits(time_s=900.0, values=1 << 62)
_FOLLOWED = "followed"
_AT_ONCE, _PATIENCE_S = 2, 20.0


class Downloads:
    """What makes files of data sets: a crew of its own, and the shelf where they are kept."""

    def __init__(self, platform: Platform, desk: Desk) -> None:
        self.platform, self._desk = platform, desk
        self._crew = Crew("download", _AT_ONCE, _PATIENCE_S)
        self._shelf: Shelf | None = None
        self._followed: Followed | None = None

    @property
    def followed(self) -> Followed:
        """The sums of rows that followers have."""
        self._followed = self._followed or Followed(self.platform.data / _FOLLOWED)
        return self._followed

    @property
    def shelf(self) -> Shelf:
        self._shelf = self._shelf or Shelf(self.platform.data / UPLOADS)
        return self._shelf

    async def made(self, asked: Asked, url: str, query: Mapping[str, str]) -> Made:
        """The file that is asked for; who ask the same together wait for one. Raises `BadRequest`, `Ended`."""
        key = ("data set", asked.named, url, repr(self._desk.kept.moves))
        made: Made = await self._desk.shared.do(key, partial(self._in_thread, asked, url, query))
        return made

    async def _in_thread(self, asked: Asked, url: str, query: Mapping[str, str]) -> Made:
        allowance = Allowance(_LIMITS)
        work = partial(self._make, asked, url, query, allowance)
        return await self._crew.do_within(allowance, _LIMITS.time_s, work)

    def _make(self, asked: Asked, url: str, query: Mapping[str, str], allowance: Allowance) -> Made:
        placed = asked.format == "geojson"
        opened = (
            reading(self.platform, asked, allowance, placed=placed)
            if asked.since is None
            else reading_changes(self.platform, asked, allowance, self.followed)
        )
        with opened as found:
            stands = f"{found.stands} {found.lacks} {url}"
            if kept := self.shelf.find(asked.named, stands=stands):
                return kept
            as_of = None if asked.moment is None else f"{asked.moment.isoformat()}Z"
            asked_by = {name: value for name, value in query.items() if name not in ("after", "format", "sums")}
            whole = asked.data_set
            said = whole.name, whole.question.words, whole.columns
            about = About(*said, found.position, as_of, asked_by, lacks=found.lacks, since=found.since)
            about.moved = as_of is None and asked.after is not None and asked.after.began != found.stands
            path = self._written(asked, found, about, url, query)
        with path.open("rb") as file:
            made = Made(path, asked.named, stands, about.said(), digest(file), path.stat().st_size)
        self.shelf.put(made)
        return made

    def _written(self, asked: Asked, found: Reading, about: About, url: str, query: Mapping[str, str]) -> Path:
        handle, name = tempfile.mkstemp(dir=self.shelf.folder)
        path = Path(name)
        with ExitStack() as undone:
            undone.callback(path.unlink, missing_ok=True)
            try:
                with os.fdopen(handle, "wb") as file:
                    writer = FORMATS[asked.format].writer(file, found.schema, about)
                    for batch in found.batches:
                        about.rows += batch.num_rows
                        writer.write(batch)
                    about.truncated = found.more
                    if cursor := found.cursor(asked):
                        about.next = f"{url}?{urlencode({**query, 'after': cursor})}"
                    writer.end()
            except (TooLarge, OSError) as failure:
                raise _failed(failure) from failure
            undone.pop_all()
        return path


def _failed(failure: TooLarge | OSError) -> BadRequest:
    if isinstance(failure, TooLarge):
        return BadRequest(422, "too_large", str(failure), "Ask for csv or parquet, or for fewer rows.")
    return BadRequest(503, "no_room", f"the file could not be made: {failure}", "Make room on the server's disk.")


async def rows(request: Request) -> Response:
    """The rows of a data set, or with `sums` what is said of the file that they would be."""
    downloads: Downloads = request.app.state.downloads
    try:
        data_set = await anyio.to_thread.run_sync(asked_data_set, request)
        asked = read_asked(data_set, request.query_params.multi_items(), FORMATS)
        resumed = request.headers.get("if-range") if "range" in request.headers else None
        made = downloads.shelf.find(asked.named, etag=resumed) if resumed else None
        made = made or await downloads.made(asked, request.url.path, dict(request.query_params))
    except BadRequest as bad:
        return bad.response
    return _answer(request, asked, made)


def _answer(request: Request, asked: Asked, made: Made) -> Response:
    headers = _headers(asked, made)
    if asked.sums:
        return JSONResponse(sums(asked, made), headers={"Cache-Control": "no-cache"})
    if made.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(made.path, headers=headers, media_type=FORMATS[asked.format].media_type)


def sums(asked: Asked, made: Made) -> dict[str, Any]:
    """What stands beside a file, by which whoever has it can tell that it is whole."""
    return {**made.said, "format": asked.format, "bytes": made.size, "sha256": made.sha256.hex()}


def _headers(asked: Asked, made: Made) -> dict[str, str]:
    said = made.said
    part = f".{said['count']}-rows" if said["truncated"] or asked.after else ""
    name = f"{asked.data_set.name}{part}.{FORMATS[asked.format].ending}"
    headers = {
        "ETag": made.etag,
        "Cache-Control": "no-cache",
        "Vary": "Authorization",
        "Content-Encoding": "identity",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(made.sha256).decode()}:",
        "X-Row-Count": str(said["count"]),
        "X-Truncated": str(said["truncated"]).lower(),
        "X-Moved": str(said["moved"]).lower(),
        "X-Position": said["position"],
        "X-Lacks": str(len(said["lacks"])),
    }
    if "since" in said:
        headers["X-Since"] = said["since"]
    return headers | ({"Link": f'<{said["next"]}>; rel="next"'} if said["next"] else {})
