"""The HTTP port's connections, against a real server: none waits for ever, and there are never too many."""

import contextlib
import resource
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from env1357.connections import raise_descriptors, server_of, share_of
from tests.waiting import eventually

ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
BRIEF_S = 0.3


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers `ok`, as often as the path says."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        message = await receive()
        await send({"type": "websocket.send", "text": message.get("text") or ""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    times = scope["path"][1:]
    for _ in range(int(times) if times.isdigit() else 1):
        await send({"type": "http.response.body", "body": b"ok" * 50_000, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@dataclass
class Served:
    """A server of `app`; calling it makes a connection to it."""

    server: uvicorn.Server
    connect: Callable[[], socket.socket]
    port: int

    def __call__(self) -> socket.socket:
        return self.connect()


@contextmanager
def served(most: int = 100, patience_s: float = 20, tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = server_of(app, most, tls, headers_within_s=patience_s, read_within_s=patience_s)
    server.config.lifespan = "off"
    running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    running.start()
    eventually(lambda: server.started)
    with contextlib.ExitStack() as stack:

        def connect() -> socket.socket:
            return stack.enter_context(socket.create_connection(listening.getsockname(), timeout=20))

        try:
            yield Served(server, connect, listening.getsockname()[1])
        finally:
            server.should_exit = True
            running.join(20)
            listening.close()


def until_closed(connection: socket.socket) -> bytes:
    """What still comes before the other side closes."""
    came = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            came += piece
    return came


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_a_request_that_is_not_finished_is_given_up(sent: bytes) -> None:
    with served(patience_s=BRIEF_S) as connect:
        connection = connect()
        connection.sendall(sent)
        assert until_closed(connection) == b""


def test_headers_that_trickle_are_given_up_all_the_same() -> None:
    with served(patience_s=BRIEF_S) as connect:
        connection = connect()
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        connection.settimeout(0.02)
        for _ in range(1000):
            with contextlib.suppress(TimeoutError):
                assert connection.recv(10) == b""
                return
            try:
                connection.sendall(b"x")
            except OSError:
                return
    raise AssertionError("it was still open")  # pragma: no cover


def test_a_second_request_of_a_connection_is_awaited_no_longer_than_the_first() -> None:
    with served(patience_s=BRIEF_S) as connect:
        connection = connect()
        connection.sendall(ASKED + b"GET / HT")
        assert until_closed(connection).count(b"HTTP/1.1 200") == 1


def test_endless_headers_are_not_read() -> None:
    with served() as connect:
        connection = connect()
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        with contextlib.suppress(OSError):
            for _ in range(64):
                connection.sendall(b"x" * 65536)
        came = until_closed(connection)
        assert came == b"" or came.startswith(b"HTTP/1.1 400")


def test_a_client_that_does_not_read_its_answer_is_let_go_of() -> None:
    with served(patience_s=BRIEF_S) as connect:
        connection = connect()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(ASKED.replace(b"/ ", b"/1000 "))
        assert connection.recv(1) == b"H"
        eventually(lambda: not connect.server.server_state.connections)


def test_a_websocket_lives_longer_than_headers_may_take() -> None:
    with served(patience_s=BRIEF_S) as connect:
        connection = connect()
        upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        connection.sendall(ASKED[:-2] + upgrade + key)
        assert connection.recv(1000).startswith(b"HTTP/1.1 101")
        connection.settimeout(1.0)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(20)
        connection.sendall(b"\x81\x82\0\0\0\0hi")
        assert connection.recv(4) == b"\x81\x02hi"


def test_beyond_their_number_connections_are_turned_away_and_let_in_again() -> None:
    with served(most=3) as connect:
        held = [connect() for _ in range(3)]
        for each in held:
            each.sendall(ASKED)
            assert each.recv(12) == b"HTTP/1.1 200"
        assert until_closed(connect()).startswith(b"HTTP/1.1 503 ")
        held[0].close()

        def answered() -> bool:
            again = connect()
            again.sendall(ASKED)
            with contextlib.suppress(ConnectionResetError):
                return again.recv(12) == b"HTTP/1.1 200"
            return False  # pragma: no cover

        eventually(answered)


def test_descriptors_are_left_for_log_and_tables() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert raise_descriptors() == min(before[1], 65_536)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    for descriptors in (1024, 4096, 65_536):
        assert 2 * share_of(descriptors) + 256 <= descriptors
