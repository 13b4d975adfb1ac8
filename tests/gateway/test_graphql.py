"""How GraphQL is served: positions, limits, outages and subscriptions."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from eventlog.codec import drafts
from eventlog.log import LogUnavailable
from running.platform import Platform
from tests.conftest import Ask
from tests.factories import NOON, observation
from tests.journeys.steps import command, fold


def test_an_answer_says_where_in_the_log_it_stands(platform: Platform, server: TestClient) -> None:
    platform.log.append(drafts([observation()]))
    fold(platform)
    answer = server.post("/graphql", json={"query": "{ airNow { nodes { aqi } } }"}).json()
    assert answer["extensions"]["position"] == "env1357.air/0:1"
    assert answer["data"] == {"airNow": {"nodes": [{"aqi": 65}]}}


def test_all_fields_of_an_operation_see_one_snapshot(platform: Platform, server: TestClient) -> None:
    stop = threading.Event()

    def write() -> None:
        hour = 0
        while not stop.is_set():
            platform.log.append(drafts([observation(observed_at=NOON + timedelta(hours=hour))]))
            hour += 1

    writer = threading.Thread(target=write)
    writer.start()
    one = 'airHours(siteId: "1803A", since: "2022-01-01T00:00:00Z", until: "2032-01-01T00:00:00Z") { aqi }'
    for _ in range(10):
        data = server.post("/graphql", json={"query": f"{{ a: {one} b: {one} c: {one} }}"}).json()["data"]
        assert data["a"] == data["b"] == data["c"]
    stop.set()
    writer.join()


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("{ airNow { nodes { nothing } } }", "Cannot query field 'nothing'"),
        ("{ " + " ".join(f"a{n}: airNow {{ nodes {{ aqi }} }}" for n in range(60)) + " }", "aliases"),
        ("{ airHours { aqi } }", "required"),
    ],
)
def test_a_question_that_can_not_be_answered_is_told_why(server: TestClient, question: str, message: str) -> None:
    (error, *_) = server.post("/graphql", json={"query": question}).json()["errors"]
    assert message in error["message"]


def test_an_outage_is_no_refusal(platform: Platform, server: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise LogUnavailable("the disk is full; make room and send again")

    monkeypatch.setattr(platform.log, "append", full)
    lake = {"siteId": "l", "nameZh": "x", "nameEn": "x", "positionSource": "x", "source": "x"}
    document = "mutation($input: RegisterLakeInput!) { registerLake(input: $input) { __typename } }"
    answer = server.post("/graphql", json={"query": document, "variables": {"input": lake}}).json()
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert "make room" in answer["errors"][0]["message"]


def test_a_conflict_is_an_answer(platform: Platform, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform.state, "counted", lambda _, __: False)
    lake = {"siteId": "l", "nameZh": "x", "nameEn": "x", "positionSource": "x"}
    answer = command(ask, "registerLake", **lake)
    assert answer["__typename"] == "Conflict"
    assert "decide anew" in answer["conflict"]


def subscribed(server: TestClient, document: str, happen: Any) -> list[Any]:
    """Subscribe over graphql-transport-ws, make something happen, and return the first message of data."""
    with server.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json()["type"] == "connection_ack"
        socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": document}})
        timer = threading.Timer(0.3, happen)
        timer.start()
        message = socket.receive_json()
        timer.join()
        assert message["type"] == "next", json.dumps(message)
        found: list[Any] = list(message["payload"]["data"].values())
        return found


def test_a_subscription_fires_when_a_projection_moves(platform: Platform, server: TestClient) -> None:
    document = 'subscription { projectionMoved(tables: ["air.hourly"]) { position tables { table keys } } }'
    (moved,) = subscribed(server, document, lambda: platform.log.append(drafts([observation()])))
    assert moved == {"position": "env1357.air/0:1", "tables": [{"table": "air.hourly", "keys": 1}]}


def test_a_subscription_brings_the_hours_that_changed(platform: Platform, server: TestClient) -> None:
    document = 'subscription { airHoursMoved(siteIds: ["1803A"]) { siteId aqi } }'
    both = drafts([observation("1804A"), observation("1803A")])
    (hours,) = subscribed(server, document, lambda: platform.log.append(both))
    assert hours == [{"siteId": "1803A", "aqi": 65}]
