"""An operation ends in time and with its caller, and holds up nobody else."""

import asyncio
import itertools
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import strawberry
from starlette.applications import Starlette

from gateway.app import build_app
from gateway.front.doors import Doors
from gateway.graphql.allowance import OperationLimits
from gateway.graphql.context import Info
from gateway.graphql.operation import SnapshotSchema
from running.platform import Platform

pytestmark = pytest.mark.anyio

_ENDLESS = """
SELECT sum(a.range * b.range) AS n FROM range(1000000) AS a, range(1000000) AS b WHERE a.range % 7 = b.range % 7
"""
_LAKE = "mutation($i: RegisterLakeInput!) { registerLake(input: $i) { __typename } }"

began = threading.Semaphore(0)
over = threading.Semaphore(0)
held = threading.Event()


@strawberry.type
class Row:
    n: int


@strawberry.type
class Heap:
    rows: list[Row]


@strawberry.type
class TrialQuery:
    """Questions that take as long as they are let."""

    @strawberry.field
    def endless_query(self, info: Info) -> float | None:
        began.release()
        try:
            return float(info.context.frame(_ENDLESS, {}, None)["n"][0])
        finally:
            over.release()

    @strawberry.field
    def very_many(self) -> Heap:
        return Heap(rows=[Row(n=1)] * 5_000_000)

    @strawberry.field
    def endless_queries(self, info: Info) -> int | None:
        return sum(info.context.frame("SELECT 1 AS n", {}, None).height for _ in itertools.count())

    @strawberry.field
    def rows_read(self, info: Info, count: int) -> int | None:
        return info.context.frame("SELECT range AS n FROM range($count)", {"count": count}, None).height

    @strawberry.field
    def waits(self) -> int:
        began.release()
        assert held.wait(30)
        return 1


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def application(platform: Platform, tmp_path: Path) -> Callable[..., Starlette]:
    def built(**limits: Any) -> Starlette:
        trial = {"trial": SnapshotSchema(TrialQuery)}
        return build_app(platform, "key", tmp_path, trial, Doors(["t"]), OperationLimits(**limits))

    return built


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    held.clear()
    while began.acquire(blocking=False) or over.acquire(blocking=False):
        pass
    yield
    held.set()


def client_of(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://t", timeout=60)


async def trial(client: httpx.AsyncClient, query: str) -> httpx.Response:
    return await client.post("/mobile/trial/graphql", json={"query": query})


@pytest.mark.parametrize("field", ["endlessQuery", "veryMany { rows { n } }", "endlessQueries"])
async def test_what_takes_too_long_is_ended_and_told_what_to_do(
    application: Callable[..., Starlette], field: str
) -> None:
    async with client_of(application(time_s=0.3)) as client:
        answer = (await trial(client, f"{{ {field} }}")).json()
    assert answer["data"] is None
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "TIMEOUT"
    assert "ENV1357_OPERATION_TIME_S" in error["message"]


async def test_who_reads_too_many_values_is_told_so(application: Callable[..., Starlette]) -> None:
    async with client_of(application(values=1000)) as client:
        assert (await trial(client, "{ rowsRead(count: 1000) }")).json()["data"] == {"rowsRead": 1000}
        several = (await trial(client, "{ a: rowsRead(count: 501) b: rowsRead(count: 500) }")).json()
        all_there_are = (await trial(client, "{ rowsRead(count: 2000000000) }")).json()
    for answer in (several, all_there_are):
        assert answer["errors"][0]["extensions"]["code"] == "TOO_MUCH"
        assert answer["data"] is None


async def test_a_query_ends_when_its_caller_leaves(application: Callable[..., Starlette]) -> None:
    app, sent = application(), list[Any]()
    body = json.dumps({"query": "{ endlessQuery }"}).encode()
    scope = {
        "type": "http", "method": "POST", "path": "/mobile/trial/graphql", "raw_path": b"", "query_string": b"",
        "headers": [(b"host", b"t"), (b"content-type", b"application/json")], "client": ("127.0.0.1", 1),
        "server": ("t", 80), "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if asked:
            return asked.pop()
        assert await asyncio.to_thread(began.acquire, timeout=10)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await asyncio.wait_for(app(scope, receive, send), 10)
    assert await asyncio.to_thread(over.acquire, timeout=10)


async def test_when_all_threads_are_busy_a_question_is_turned_away_and_health_answers(
    application: Callable[..., Starlette],
) -> None:
    async with client_of(application(at_once=2, patience_s=0.05)) as client:
        waiting = [asyncio.create_task(trial(client, f"{{ waits }} #{n}")) for n in range(2)]  # equal ones share
        for _ in waiting:
            assert await asyncio.to_thread(began.acquire, timeout=10)
        turned_away = await trial(client, "{ waits }")
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 200
        held.set()
        assert {(await each).status_code for each in waiting} == {200}
    assert turned_away.status_code == 503
    assert int(turned_away.headers["Retry-After"]) > 0
    assert turned_away.json()["errors"][0]["extensions"]["code"] == "BUSY"


async def commands(client: httpx.AsyncClient, count: int) -> AsyncIterator[asyncio.Task[httpx.Response]]:
    for n in range(count):
        lake = {"siteId": f"l{n}", "nameZh": "x", "nameEn": "x", "positionSource": "x", "source": "x"}
        yield asyncio.create_task(client.post("/graphql", json={"query": _LAKE, "variables": {"i": lake}}))


async def test_commands_that_wait_for_their_fold_stop_nothing(
    platform: Platform, application: Callable[..., Starlette]
) -> None:
    async with client_of(application()) as client:
        with platform.follower.paused():
            waiting = [each async for each in commands(client, 45)]
            while sum(platform.log.ends().values()) < len(waiting):
                await asyncio.sleep(0.01)
            for path in ("/healthz", "/readyz", "/graphql?query={indicators{ nodes {number} }}"):
                assert (await client.get(path)).status_code == 200
            assert not any(each.done() for each in waiting)
        answers = [(await each).json() for each in waiting]
    assert answers == [{"data": {"registerLake": {"__typename": "Accepted"}}}] * 45


BODIES = [
    b"null", b'"x"', b"1", b"true", b"[" * 100_000, b'{"a":' * 100_000, b"[]", b"{}", b"", b"{",
    b"\xff\xfe", b'"\xff"',
    b'{"query": null}', b'{"query": 1}', b'{"query": ["x"]}', b'{"query": "{x}", "variables": "x"}',
    b'{"query": "{ __typename }", "operationName": ["x"]}', b'{"query": "{ __typename }", "extensions": 1}',
    b'{"query": "\\ud800"}', b'{"query": "{ __typename }", "operationName": "no such"}',
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:40].decode("latin-1"))
@pytest.mark.parametrize("path", ["/graphql", "/mobile/trial/graphql"])
async def test_what_is_no_graphql_request_is_answered_400(
    application: Callable[..., Starlette], path: str, body: bytes
) -> None:
    async with client_of(application()) as client:
        answer = await client.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.text
