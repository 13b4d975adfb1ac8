"""`/api/v1/`: what data sets there are for a caller, and a page of each that says all that one needs to use it."""

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from gateway.api.bodies import BadRequest
from gateway.graphql.context import position
from gateway.sharing.datasets import DataSet, data_sets
from gateway.sharing.entries import Publisher, dcat, entry, summary
from gateway.sharing.formats import FORMATS
from gateway.sharing.seen import asked_data_set, seen_by
from projections.database import Database

_HEADERS = {"Vary": "Authorization, Accept", "Cache-Control": "no-cache"}
_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.2rem .5rem;text-align:left;vertical-align:top}"
    "pre{overflow:auto;background:#eee;padding:.5rem}"
)
_MEDIA_TYPES = {name: form.media_type.partition(";")[0] for name, form in FORMATS.items()}


async def index(request: Request) -> Response:
    """The data sets that the caller may see, as JSON or, for a browser, as a page."""
    try:
        seen = await anyio.to_thread.run_sync(seen_by, request)
    except BadRequest as bad:
        return bad.response
    listed = [summary(each) for each in data_sets(seen).values()]
    if not _wants_page(request):
        return JSONResponse({"data_sets": listed}, headers=_HEADERS)
    items = "".join(
        f'<li><a href="{escape(each["about"])}">{escape(each["name"])}</a>: {escape(each["title"])}</li>'
        for each in listed
    )
    return _page("数据集 Data sets", f"<ul>{items}</ul>")


async def catalogue(request: Request) -> Response:
    """The data sets that the caller may see, by DCAT 3."""
    try:
        seen = await anyio.to_thread.run_sync(seen_by, request)
    except BadRequest as bad:
        return bad.response
    said = dcat(seen, _base(request), request.app.state.publisher, _MEDIA_TYPES)
    return JSONResponse(said, headers=_HEADERS, media_type="application/ld+json")


async def about(request: Request) -> Response:
    """All that is to be said of one data set."""
    try:
        data_set = await anyio.to_thread.run_sync(asked_data_set, request)
        publisher: Publisher = request.app.state.publisher
        said = {
            **entry(data_set, _base(request), publisher),
            **await anyio.to_thread.run_sync(_now, request, data_set),
        }
    except BadRequest as bad:
        return bad.response
    return _shown(said) if _wants_page(request) else JSONResponse(said, headers=_HEADERS)


def _now(request: Request, data_set: DataSet) -> Mapping[str, Any]:
    """How many rows there are, what time they cover, and where in the log they stand."""
    database: Database = request.app.state.platform.database
    time = data_set.time
    span = f'min("{time}"), max("{time}")' if time else "NULL, NULL"
    with database.read() as snapshot:
        ((rows, first, last),) = snapshot.connection.execute(
            f"SELECT count(*), {span} FROM {data_set.name}"
        ).fetchall()
        stands = position(snapshot.offsets)
    moment = request.app.state.platform.clock().replace(tzinfo=None)
    return {
        "rows": rows,
        "coverage": {"column": time, "from": first and first.isoformat(), "until": last and last.isoformat()},
        "age_h": _hours_since(last, moment),
        "position": stands,
        "lacks": [each.message for each in request.app.state.platform.lagging.concerning({data_set.name})],
    }


def _hours_since(last: date | None, moment: datetime) -> float | None:
    """How old the newest row is, a day from its end in Beijing time; None where there is none."""
    if last is None:
        return None
    at = last if isinstance(last, datetime) else datetime(last.year, last.month, last.day, 16)  # noqa: DTZ001  UTC
    return round((moment - at).total_seconds() / 3600, 1)


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _shown(said: Mapping[str, Any]) -> Response:
    plain = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(_text(value))}</td></tr>"
        for name, value in said.items()
        if name not in ("fields", "calls")
    )
    heads = ("name", "type", "meaning", "disclosure", "may_be_null")
    fields = "".join(
        "<tr>" + "".join(f"<td>{escape(_text(each[head]))}</td>" for head in heads) + "</tr>"
        for each in said["fields"]
    )
    calls = "".join(f"<h3>{escape(name)}</h3><pre>{escape(call)}</pre>" for name, call in said["calls"].items())
    top = "".join(f"<th>{head}</th>" for head in heads)
    return _page(
        said["name"], f"<table>{plain}</table><h2>信息项 Fields</h2><table><tr>{top}</tr>{fields}</table>{calls}"
    )


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(each)}" for name, each in value.items() if each is not None)
    return ", ".join(map(_text, value)) if isinstance(value, list) else "" if value is None else str(value)


def _page(title: str, body: str) -> Response:
    head = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title>'
    return HTMLResponse(f"{head}<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>", headers=_HEADERS)


ROUTES = (
    Route("/dcat", catalogue),
    Route("/api/v1/", index),
    Route("/api/v1/{data_set}/about", about),
)
