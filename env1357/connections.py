"""The HTTP port: how many connections it has, and how long each may keep it waiting.

uvicorn ends a connection that is idle behind an answer. Here ends as well one that sends no request, one whose
headers don't come to their end or are too long, and one that doesn't read its answer. Beyond their share of the
process's descriptors connections are turned away, so that the log and the tables can always be opened.
"""

import asyncio
import resource
import ssl
from typing import Any, ClassVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from env1357.ending import EndingServer

_HEADERS_WITHIN_S = 10.0
_READ_WITHIN_S = 60.0
_LONGEST_HEADERS = 64 * 1024
_LARGEST_MESSAGE = 1024 * 1024
_MOST_DESCRIPTORS = 65_536
_OWN_DESCRIPTORS = 256
"""Descriptors that are left for the log, the tables, uploads and what else the process opens."""

_WORDS = b"All connections are taken: come again in a few seconds.\n"
_FULL = b"\r\n".join(
    [
        b"HTTP/1.1 503 Service Unavailable",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Length: %d" % len(_WORDS),
        b"Retry-After: 5",
        b"Connection: close",
        b"",
        _WORDS,
    ]
)


def raise_descriptors() -> int:
    """Let the process open as many descriptors as it may; says how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most if soft == resource.RLIM_INFINITY else max(soft, most)


def share_of(descriptors: int) -> int:
    """Connections that HTTP may have of so many descriptors; devices get as many."""
    return max((descriptors - _OWN_DESCRIPTORS) // 2, 16)


def server_of(
    app: ASGIApp,
    most: int,
    tls: ssl.SSLContext | None = None,
    proxies: str = "127.0.0.1",
    **patience: float,
) -> uvicorn.Server:
    """A server with at most so many connections; `patience` are other times than those of `Connection`.

    `tls` wraps its sockets, of `proxies` is believed whom they ask for.
    """
    protocol = type("Connection", (Connection,), {"most": most, **patience})
    return EndingServer(
        uvicorn.Config(
            app,
            http=protocol,
            log_level="warning",
            ws_max_size=_LARGEST_MESSAGE,
            timeout_graceful_shutdown=5,
            server_header=False,
            forwarded_allow_ips=proxies,
            ssl_context_factory=(lambda *_: tls) if tls else None,
        )
    )


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which does not wait for ever. `most` is how many there may be at once."""

    most: ClassVar[int] = 1000
    headers_within_s: ClassVar[float] = _HEADERS_WITHIN_S
    read_within_s: ClassVar[float] = _READ_WITHIN_S

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._until_headers: asyncio.TimerHandle | None = None
        self._until_read: asyncio.TimerHandle | None = None
        self._pending, self._in_body = 0, False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.write(_FULL)
            transport.close()
            return
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._headers_came()
        self._was_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        upgraded = self.transport.get_protocol() is not self
        if upgraded or self._is_served() or self.transport.is_closing():
            return
        self._expect_headers()
        self._pending += 0 if self._in_body else len(data)
        if self._pending > _LONGEST_HEADERS:
            self.logger.warning("Headers of more than %d bytes: the connection is closed.", _LONGEST_HEADERS)
            self.send_400_response(f"Headers of more than {_LONGEST_HEADERS} bytes are not read.")

    def on_headers_complete(self) -> None:
        self._headers_came()
        self._in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._until_read is None:
            self._until_read = self.loop.call_later(self.read_within_s, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._was_read()

    def _is_served(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_headers(self) -> None:
        if self._until_headers is None:
            self._until_headers = self.loop.call_later(self.headers_within_s, self.transport.close)

    def _headers_came(self) -> None:
        self._pending = 0
        if self._until_headers is not None:
            self._until_headers.cancel()
            self._until_headers = None

    def _was_read(self) -> None:
        if self._until_read is not None:
            self._until_read.cancel()
            self._until_read = None
