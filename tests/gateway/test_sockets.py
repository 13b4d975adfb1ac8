"""GraphQL over WebSocket and as events: each operation by itself, and no move lost in silence."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketTestSession

from eventlog.codec import drafts
from eventlog.log import Stream
from gateway.graphql.context import Context
from gateway.graphql.notices import Notice, Notices, notice_of
from projections.catalogue import catalogue
from projections.engine import Moved
from running.platform import Platform
from tests.conftest import Ask
from tests.factories import NOON, observation
from tests.journeys.steps import command, fold

AIR = Stream("env1357.air", 0)


class Talk:
    """A socket that has been acknowledged."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json()["type"] == "connection_ack"

    def subscribe(self, number: int, query: str, **payload: Any) -> None:
        said = {"id": str(number), "type": "subscribe", "payload": {"query": query, **payload}}
        self.socket.send_json(said)

    def ask(self, number: int, query: str) -> Any:
        self.subscribe(number, query)
        answer, complete = self.socket.receive_json(), self.socket.receive_json()
        assert complete == {"id": str(number), "type": "complete"}, answer
        return answer["payload"]


def talk(server: TestClient) -> Any:
    return server.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"])


def test_each_operation_of_a_socket_has_a_snapshot_of_its_own_off_the_event_loop(
    platform: Platform, server: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, real = set[str](), Context.frame

    def frame(self: Context, *given: Any) -> Any:
        threads.add(threading.current_thread().name)
        return real(self, *given)

    monkeypatch.setattr(Context, "frame", frame)
    with talk(server) as socket:
        talking = Talk(socket)
        assert talking.ask(1, "{ airNow { nodes { aqi } } }")["data"] == {"airNow": {"nodes": []}}
        platform.log.append(drafts([observation()]))
        fold(platform)
        again = talking.ask(2, "{ airNow { nodes { aqi } } }")
        assert again["data"] == {"airNow": {"nodes": [{"aqi": 65}]}}
        assert again["extensions"] == {"position": "env1357.air/0:1"}
        lake = '{siteId: "l", nameZh: "x", nameEn: "x", positionSource: "x", source: "x"}'
        done = talking.ask(3, f"mutation {{ registerLake(input: {lake}) {{ __typename }} }}")
        assert done["data"] == {"registerLake": {"__typename": "Accepted"}}
    assert threads
    assert all(name.startswith("reader") for name in threads)


WRONG = [
    {"query": "{ airNow {"}, {"query": "{ nothing }"}, {"query": "query A { __typename }", "operationName": "B"},
    {"query": "{ " + "a { " * 20 + "b" + " }" * 21}, {"query": ""}, {"query": None}, {}, {"query": 1},
    {"query": ["x"]},
    {"query": "{ __typename }", "variables": 1}, {"query": "{ __typename }", "operationName": {}}, None, "x",
]  # fmt: skip


def test_what_is_wrong_with_one_operation_ends_that_one(server: TestClient) -> None:
    with talk(server) as socket:
        talking = Talk(socket)
        for number, payload in enumerate(WRONG):
            socket.send_json({"id": str(number), "type": "subscribe", "payload": payload})
            message = socket.receive_json()
            assert (message["id"], message["type"]) == (str(number), "error"), payload
            assert message["payload"][0]["message"]
        assert talking.ask(99, "{ __typename }")["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "text", ["null", "[]", '"x"', "{}", '{"type": 1}', "[" * 100_000, '{"type": "subscribe", "id": []}']
)
def test_what_is_no_message_closes_its_socket_and_nothing_else(server: TestClient, text: str) -> None:
    with talk(server) as other, talk(server) as socket:
        Talk(socket)
        socket.send_text(text)
        closed = socket.receive()
        assert (closed["type"], closed["code"]) == ("websocket.close", 4400)
        assert Talk(other).ask(1, "{ __typename }")["data"] == {"__typename": "Query"}


def test_twenty_subscriptions_of_one_socket_live_through_many_folds_at_one_question_a_fold(
    platform: Platform, server: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = list[str](), Context.frame

    def frame(self: Context, sql: str, *given: Any) -> Any:
        asked.append(sql)
        return real(self, sql, *given)

    monkeypatch.setattr(Context, "frame", frame)
    with talk(server) as socket:
        talking = Talk(socket)
        for number in range(20):
            talking.subscribe(number, "subscription { airHoursMoved { observedAt aqi } }")
        assert talking.ask(99, "{ __typename }")["data"]  # all before it are under way
        for hour in range(10):
            platform.log.append(drafts([observation(observed_at=NOON + timedelta(hours=hour))]))
            messages = [socket.receive_json() for _ in range(20)]
            assert {message["type"] for message in messages} == {"next"}
            assert sorted(int(message["id"]) for message in messages) == list(range(20))
            assert len({json.dumps(message["payload"]) for message in messages}) == 1
    assert len(asked) == 10


def moved(offset: int, keys: int = 1, **tables: int) -> Moved:
    hours = [("s", NOON + timedelta(hours=offset * 10_000 + n)) for n in range(keys)]
    return Moved({AIR: offset}, {"air.hourly": keys, **tables}, {"air.hourly": hours})


async def _read_late(moves: list[Moved]) -> list[Notice]:
    """What a subscriber reads who first reads one notice, and the next when all have come."""
    listeners = list[Callable[[Moved], None]]()

    def listen(listener: Callable[[Moved], None]) -> Callable[[], None]:
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    reading = Notices(listen).moves()
    first = asyncio.ensure_future(anext(reading))
    await asyncio.sleep(0)
    listeners[0](moves[0])
    read = [await first]
    for each in moves[1:]:
        listeners[0](each)
    read.append(await anext(reading))
    return read


def test_who_reads_slowly_is_told_the_sum_of_what_moved() -> None:
    _, rest = asyncio.run(_read_late([moved(n, **{"water.assessment": 2}) for n in range(1501)]))
    assert rest.offsets == {AIR: 1500}
    assert rest.tables["air.hourly"] == 1500
    assert rest.tables["water.assessment"] == 3000
    assert len(rest.keys["air.hourly"] or ()) == 1500


def test_keys_that_are_too_many_to_be_told_are_not_told_in_part() -> None:
    _, several = asyncio.run(_read_late([moved(n, 900) for n in range(4)]))
    assert several.keys["air.hourly"] is None
    untold = notice_of(Moved({AIR: 1}, {"air.hourly": 5000}, {}))
    assert untold.keys == {"air.hourly": None}
    assert notice_of(Moved({AIR: 1}, {"base.site": 1}, {})).keys == {}


def test_a_subscription_to_hours_that_are_too_many_ends_and_says_so(platform: Platform, server: TestClient) -> None:
    many = [observation(observed_at=NOON + timedelta(hours=hour)) for hour in range(1500)]
    with talk(server) as socket:
        talking = Talk(socket)
        talking.subscribe(1, "subscription { airHoursMoved { aqi } }")
        assert talking.ask(99, "{ __typename }")["data"]
        platform.log.append(drafts(many))
        told = socket.receive_json()
        assert told["payload"]["errors"][0]["extensions"] == {"code": "TOO_MUCH"}
        assert socket.receive_json() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize("view", [view.name for view in catalogue().of_kind("view")])
def test_a_view_moves_with_each_table_that_it_follows_from(view: str) -> None:
    known = catalogue()
    for source in known.closure({view}) - {view}:
        if source in known.events or (source in known.projections and known.projections[source].kind != "constant"):
            assert view in notice_of(Moved({AIR: 1}, {source: 3}, {})).tables, source


def test_what_came_into_tables_of_events_is_told_too(platform: Platform, server: TestClient, ask: Ask) -> None:
    with talk(server) as socket:
        talking = Talk(socket)
        talking.subscribe(1, "subscription { projectionMoved { tables { table keys } } }")
        assert talking.ask(99, "{ __typename }")["data"]
        lake = {"siteId": "l", "nameZh": "x", "nameEn": "x", "positionSource": "x"}
        assert command(ask, "registerLake", **lake)["__typename"] == "Accepted"
        tables = _counts(socket.receive_json())
        assert {"base.site": 1, "base.lake_registered": 1}.items() <= tables.items()
        platform.log.append(drafts([observation(), observation("1804A")]))
        tables = _counts(socket.receive_json())
        assert {"base.observation": 2, "base.reading": 2, "air.hourly": 2}.items() <= tables.items()


def _counts(message: Mapping[str, Any]) -> Mapping[str, int]:
    return {each["table"]: each["keys"] for each in message["payload"]["data"]["projectionMoved"]["tables"]}


_STREAM = {"Accept": "text/event-stream"}


def test_a_subscription_by_post_is_told_where_it_is_answered(server: TestClient) -> None:
    body = {"query": "subscription { projectionMoved { position } }"}
    for accept in ("application/json", "multipart/mixed;subscriptionSpec=1.0, application/json", "*/*"):
        answer = server.post("/graphql", json=body, headers={"Accept": accept})
        assert answer.status_code == 406
        assert "graphql-transport-ws" in answer.json()["errors"][0]["message"]
    refused = server.post("/mobile/public/graphql", json=body, headers=_STREAM)
    assert refused.status_code < 500
    assert "no subscription" in refused.text or "not" in refused.text
    one = server.post("/graphql", json={"query": "{ __typename }"}, headers=_STREAM)
    assert one.headers["content-type"].startswith("text/event-stream")
    assert 'data: {"data":{"__typename":"Query"}}' in one.text
    assert one.text.endswith("event: complete\r\ndata: \r\n\r\n")
