"""What a request passes before a route sees it: whom it is for, who sent it, how large and how slow it is."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

import orjson
import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from gateway.front.answers import HEADERS
from gateway.front.bodies import MIB, Bodies, BodyLimit
from gateway.front.callers import Callers, host_name

PATHS = [
    "/",
    "/graphql",
    "/mobile/public/graphql",
    "/healthz",
    "/metrics",
    "/maps",
    "/registry/subjects",
    "/nowhere",
]
LIMIT = BodyLimit("/in", 1000, "Send less.")


def test_every_answer_tells_a_browser_to_keep_other_pages_away(server: TestClient) -> None:
    asked = [(path, host) for path in PATHS for host in ("localhost", "evil.example")]
    for path, host in asked:
        answer = server.get(path, headers={"Host": host})
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "access-control-allow-origin" not in answer.headers


def test_what_is_for_another_host_is_turned_away(server: TestClient) -> None:
    for host in ("evil.example", "evil.example:8357", "192.0.2.1", "localhost.evil.example", "a:b:c", "[x"):
        for path in PATHS:
            answer = server.get(path, headers={"Host": host, "Origin": f"http://{host}"})
            assert (answer.status_code, answer.json()["code"]) == (421, "wrong_host"), (host, path)
            assert "ENV1357_ALLOWED_HOSTS" in answer.json()["remedy"]


def test_a_websocket_for_another_host_is_turned_away(server: TestClient) -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    with pytest.raises(WebSocketDisconnect), server.websocket_connect("/graphql", headers=headers):
        pass  # pragma: no cover


def test_loopback_and_allowed_names_are_ours(server: TestClient) -> None:
    for host in ("localhost", "LOCALHOST:8357", "127.0.0.1", "127.8.9.1:1", "[::1]:8357", "testserver"):
        assert server.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("host", "came_in_at", "allowed", "ours"),
    [
        ("10.1.2.3:8357", "10.1.2.3", [], True),
        ("10.1.2.3:8357", "10.9.9.9", [], False),
        ("[fe80::1]:8357", "fe80::1%eth0", [], True),
        ("10.1.2.3", "::ffff:10.1.2.3", [], True),
        ("data.example.org", "10.1.2.3", ["data.example.org"], True),
        ("data.example.org.", "10.1.2.3", ["DATA.example.org:443"], True),
        ("a.example.org", "10.1.2.3", [".example.org"], True),
        ("aexample.org", "10.1.2.3", [".example.org"], False),
        ("2001:db8::1", "10.1.2.3", ["2001:db8::1"], False),
        ("[2001:db8::1]", "10.1.2.3", ["2001:db8::1"], True),
    ],
)
def test_the_address_a_connection_came_in_at_is_ours(
    host: str, came_in_at: str, allowed: list[str], ours: bool
) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        seen.append("route")

    asked = {"type": "http", "http_version": "1.1", "path": "/", "server": (came_in_at, 1)}
    scope = {**asked, "headers": [(b"host", host.encode())]}
    answered(Callers(app, allowed), scope, [])
    assert (seen == ["route"]) is ours


def test_a_host_is_read_strictly() -> None:
    read = {
        "a": "a",
        "A.B:1": "a.b",
        "[::1]": "::1",
        "[::1]:80": "::1",
        "::1": None,
        "a:b": None,
        "": None,
        ":1": None,
    }
    assert {host: host_name(host) for host in read} == read


@pytest.mark.parametrize("count", [0, 2])
def test_a_request_names_one_host(count: int) -> None:
    scope = {"type": "http", "http_version": "1.1", "path": "/", "headers": [(b"host", b"localhost")] * count}
    status, said = answered(Callers(unreached), scope, [])
    assert (status, said["code"]) == (400, "no_host")


CROSS = {"Sec-Fetch-Site": "cross-site"}
IMAGE = CROSS | {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
LINK = CROSS | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FRAME = CROSS | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}


SENT_BY_A_BROWSER = [
    ("GET", "/graphql?query={__typename}", IMAGE, 403),
    ("GET", "/graphql?query={__typename}", LINK, 403),
    ("GET", "/mobile/public/graphql?query={__typename}", FRAME, 403),
    ("POST", "/graphql", LINK, 403),
    ("GET", "/maps/air.geojson", IMAGE, 403),
    ("GET", "/", FRAME, 403),
    ("GET", "/", LINK, 200),
    ("GET", "/maps", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
    ("GET", "/maps", {"Sec-Fetch-Site": "none"}, 200),
]


def test_another_site_s_page_can_link_here_and_no_more(server: TestClient) -> None:
    for method, path, headers, status in SENT_BY_A_BROWSER:
        assert server.request(method, path, headers=headers).status_code == status, (method, path, headers)


def test_what_a_browser_sends_without_asking_first_changes_nothing(server: TestClient) -> None:
    change = 'mutation { revokeKey(input: {source: "x", keyId: "x", reason: "x"}) { __typename } }'
    assert server.get("/graphql", params={"query": change}).status_code == 400
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        typed = {"Content-Type": kind}
        assert server.post("/graphql", content=orjson.dumps({"query": change}), headers=typed).status_code == 400
        assert server.post("/api/v1/files?kind=cnemc&name=a.csv", content=b"", headers=typed).status_code == 415


TOO_LARGE = [
    ("/graphql", MIB), ("/mobile/public/graphql", MIB), ("/mobile/officer/graphql", MIB), ("/ops/sql", MIB),
    ("/registry/subjects/x", MIB // 4), ("/healthz", 64 * 1024), ("/maps", 64 * 1024), ("/nowhere", 64 * 1024),
    ("/api/v1/observations", 8 * MIB),
]  # fmt: skip


def test_no_route_takes_a_body_beyond_its_limit(server: TestClient) -> None:
    for path, most in TOO_LARGE:
        answer = server.post(path, content=b" " * (most + 1), headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"], answer.json()["where"]) == (413, "too_large", "body")
        assert str(most) in answer.json()["message"]
        assert answer.json()["remedy"]


def test_a_body_in_chunks_is_counted_as_it_comes(server: TestClient) -> None:
    subject = server.get("/registry/subjects").json()[0]
    for path in ("/graphql", "/mobile/public/graphql", f"/registry/subjects/{subject}"):
        chunks = iter([b" " * MIB] * 3)
        answer = server.post(path, content=chunks, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def unreached(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    raise AssertionError("the route was reached")  # pragma: no cover


async def swallowing(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """A route that reads all of the body and says how much it was."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": orjson.dumps({"size": size})})


def answered(
    app: Callable[..., Coroutine[Any, Any, None]], scope: Scope, pieces: list[bytes | None]
) -> tuple[int, Any]:
    """Status and body of the answer where the body comes in these pieces; None comes never."""
    sent: list[Message] = []

    left = list(enumerate(pieces, 1))

    async def receive() -> Message:
        if not left:
            return {"type": "http.disconnect"}
        number, piece = left.pop(0)
        if piece is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": number < len(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return (sent[0]["status"], orjson.loads(body)) if sent else (0, None)


def to(path: str, **headers: str) -> Scope:
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "headers": named, "method": "POST"}


def test_a_body_of_the_limit_passes_and_a_byte_more_does_not() -> None:
    app = Bodies(swallowing, [LIMIT])
    assert answered(app, to("/in"), [b"x" * 600, b"x" * 400]) == (200, {"size": 1000})
    assert answered(app, to("/in"), [b"x" * 600, b"x" * 401])[0] == 413


def test_a_body_that_is_said_to_be_too_large_is_not_waited_for() -> None:
    scope = {**to("/in"), "headers": [(b"content-length", b"1001")]}
    assert answered(Bodies(unreached, [LIMIT]), scope, [b""])[0] == 413


@pytest.mark.parametrize("pieces", [[None], [b"x", None], [b"x" * 500, b"", None]])
def test_a_body_that_stops_coming_is_given_up(pieces: list[bytes | None]) -> None:
    status, said = answered(Bodies(swallowing, [LIMIT], pause_s=0.05), to("/in"), pieces)
    assert (status, said["code"]) == (408, "too_slow")


def test_bodies_together_take_no_more_memory_than_is_set_aside() -> None:
    app = Bodies(swallowing, [LIMIT, BodyLimit("/file", 1000, "x", in_memory=False)], held=700)
    assert answered(app, to("/in"), [b"x" * 701])[0] == 503
    assert answered(app, to("/in"), [b"x" * 700])[0] == 200, "what was held is let go of"
    assert answered(app, to("/file"), [b"x" * 1000])[0] == 200


def test_a_sender_that_leaves_is_no_failure(server: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    def leaving() -> Callable[[], Any]:
        async def receive() -> Message:
            return {"type": "http.disconnect"}

        return receive

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        **to("/api/v1/files"), "http_version": "1.1", "query_string": b"kind=cnemc&name=a.csv", "root_path": "",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/octet-stream")],
    }  # fmt: skip
    asyncio.run(cast(Any, server.app)(scope, leaving(), send))
    assert (sent, caplog.records) == ([], [])
