"""How often one address may ask, and how often one key: who asks more often is told when to come again.

What comes from the machine itself is not counted by address. An IPv6 address counts by its /64, which is what one
customer of a provider has at the least.
"""

import hashlib
import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.front.answers import TurnedAway
from gateway.front.callers import is_loopback
from ingest.hj212.peers import address_of

_ALWAYS = ("/healthz", "/readyz")


class BadRate(ValueError):
    """A rate that can't be understood."""


def rate(text: str) -> RateLimitItem | None:
    """How many requests in how long, as `1200/minute`; None of an empty text. Raises `BadRate`."""
    if not text.strip():
        return None
    try:
        return parse(text)
    except ValueError:
        message = f"{text!r} is no rate: use a number, a slash and second, minute, hour or day"
        raise BadRate(f"{message}, as 1200/minute; nothing sets no limit") from None


class Rates:
    """Turns away with 429 who asks more often than is allowed.

    `by_address` holds each address, `by_key` each bearer of a token beside it. Raises `BadRate`.
    """

    def __init__(self, app: ASGIApp, by_address: str, by_key: str) -> None:
        self._app = app
        self._by_address, self._by_key = rate(by_address), rate(by_key)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        turned_away = self._turned_away(scope) if scope["type"] in ("http", "websocket") else None
        if turned_away is None:
            await self._app(scope, receive, send)
        else:
            why, after_s = turned_away
            await why.response(Retry_After=str(after_s))(scope, receive, send)

    def _turned_away(self, scope: Scope) -> tuple[TurnedAway, int] | None:
        if scope["path"] in _ALWAYS:
            return None
        address, token = _address(scope), Headers(scope=scope).get("authorization")
        asked = [(self._by_address, address, "address")] if address else []
        if token:
            asked.append((self._by_key, hashlib.sha256(token.encode()).hexdigest(), "Authorization"))
        for limit, who, where in asked:
            if limit and not self._limiter.hit(limit, where, who):
                until = self._limiter.get_window_stats(limit, where, who).reset_time
                after_s = max(1, math.ceil(until - time.time()))
                message = f"{limit.amount} requests in {limit.get_expiry()} s is the most of one"
                remedy = f"Come again in {after_s} s, ask for more at once, or subscribe to what moves."
                return TurnedAway(429, "too_often", message, where, remedy), after_s
        return None


def _address(scope: Scope) -> str | None:
    """The address that counts; None of the machine itself."""
    client = scope.get("client")
    if not client or is_loopback(client[0]):
        return None
    return address_of(client)
