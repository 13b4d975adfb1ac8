"""How much of a request's body is taken, and how slowly it may come.

Bytes are counted as they arrive, so neither a false Content-Length nor a body in chunks passes, and what is too
large is turned away before a route holds it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.front.answers import TurnedAway

KIB, MIB = 1024, 1024 * 1024

_PAUSE_S = 15.0
"""Seconds without a byte after which a body is given up."""
_SLOWEST = 1024
"""Bytes a second that a body must come at, over all of it."""
_READ_AFTER_S = 2.0
"""Seconds that the rest of a body is read and dropped, so that its sender gets to read why."""
_HELD = 128 * MIB
"""Bytes of bodies that are in memory at once, over all requests."""
_TOO_SLOW, _TOO_MANY = 408, 503


@dataclass(frozen=True)
class BodyLimit:
    """The most bytes of a body under a path; `in_memory` where its route holds all of it at once."""

    path: str
    most: int
    remedy: str
    in_memory: bool = True


NONE_EXPECTED = BodyLimit("", 64 * KIB, "No body is read here: send the request without one.")


class Bodies:
    """Turns away bodies that are too large (413), too slow (408) or too many at once (503)."""

    def __init__(
        self, app: ASGIApp, limits: Sequence[BodyLimit], pause_s: float = _PAUSE_S, held: int = _HELD
    ) -> None:
        self._app, self._pause_s, self._most_held = app, pause_s, held
        self._limits = sorted(limits, key=lambda limit: len(limit.path), reverse=True)
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((each for each in self._limits if scope["path"].startswith(each.path)), NONE_EXPECTED)
        body = _Body(self, limit, receive, send)
        try:
            body.expect_stated(scope)
            await self._app(scope, body.receive, body.send)
        except _TurnedAway as found:
            await _answer_and_drop(found.why, body, scope)
        except ClientDisconnect:
            pass  # whoever sent it is gone: there is nobody to answer
        finally:
            self._held -= body.held

    def hold(self, count: int) -> bool:
        """Count bytes as held, unless that would be too many."""
        if self._held + count > self._most_held:
            return False
        self._held += count
        return True

    @property
    def pause_s(self) -> float:
        return self._pause_s


class _TurnedAway(Exception):
    def __init__(self, why: TurnedAway) -> None:
        super().__init__(why.message)
        self.why = why


class _Body:
    """One request's body on its way in."""

    def __init__(self, bodies: Bodies, limit: BodyLimit, receive: Receive, send: Send) -> None:
        self._bodies, self._limit, self._receive, self._send = bodies, limit, receive, send
        self._size, self._waited, self._whole = 0, 0.0, False
        self.held, self._answered, self._refused = 0, False, False

    def expect_stated(self, scope: Scope) -> None:
        """Raise where the request itself says that its body is too large."""
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isascii() and stated.isdigit() and int(stated) > self._limit.most:
            raise self._too_large(f"{stated} bytes")

    async def receive(self) -> Message:
        """The next piece. Raises where it is one too many, or too long in coming."""
        if self._whole or self._answered:
            return await self._receive()
        try:
            message = await self._next()
            if message["type"] == "http.request":
                self._take(len(message.get("body", b"")))
                self._whole = not message.get("more_body", False)
        except _TurnedAway:
            self._refused = True
            raise
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on, unless its request is turned away: an application may answer the exception itself."""
        if not self._refused:
            await self.answer(message)

    async def answer(self, message: Message) -> None:
        self._answered = True
        await self._send(message)

    async def drop(self) -> None:
        """Read what still comes, and forget it."""
        more = not self._whole
        while more:
            message = await self._receive()
            more = message["type"] == "http.request" and message.get("more_body", False)

    async def _next(self) -> Message:
        loop = asyncio.get_running_loop()
        patience = min(self._bodies.pause_s, self._bodies.pause_s + self._size / _SLOWEST - self._waited)
        began = loop.time()
        try:
            async with asyncio.timeout(max(patience, 0.0)):
                return await self._receive()
        except TimeoutError:
            raise _TurnedAway(
                TurnedAway(
                    _TOO_SLOW,
                    "too_slow",
                    f"{self._size} bytes of the body came in {self._waited + loop.time() - began:.0f} s",
                    "body",
                    f"Send it at {_SLOWEST} bytes a second or faster, in smaller parts.",
                )
            ) from None
        finally:
            self._waited += loop.time() - began

    def _take(self, count: int) -> None:
        self._size += count
        if self._size > self._limit.most:
            raise self._too_large("larger than that")
        if self._limit.in_memory:
            if not self._bodies.hold(count):
                message = "other requests' bodies fill the memory that is set aside for them"
                raise _TurnedAway(TurnedAway(_TOO_MANY, "too_many", message, "body", "Send it again in 5 s."))
            self.held += count

    def _too_large(self, found: str) -> _TurnedAway:
        message = f"a body of {self._limit.most} bytes is the most that is taken here; this is {found}"
        return _TurnedAway(TurnedAway(413, "too_large", message, "body", self._limit.remedy))


async def _answer_and_drop(why: TurnedAway, body: _Body, scope: Scope) -> None:
    """Say why, and read on for a moment: a connection closed at once would take the answer with it."""
    headers = {"Connection": "close"} | ({"Retry_After": "5"} if why.status == _TOO_MANY else {})

    async def send(message: Message) -> None:
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not last or why.status == _TOO_SLOW:
            await body.answer(message)
            return
        await body.answer({**message, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(_READ_AFTER_S):
                await body.drop()
        await body.answer({"type": "http.response.body", "body": b"", "more_body": False})

    await why.response(**headers)(scope, body.receive, send)
