"""Whom the HTTP port lets in, from where and how often."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from gateway.front.callers import Callers
from gateway.front.rates import Rates

_METHODS = ("GET", "POST")
_SENT = ("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Range")
_SEEN = ("ETag", "Link", "Retry-After", "Content-Disposition", "Content-Range", "Accept-Ranges")
_PREFLIGHT_KEPT_S = 600


@dataclass(frozen=True)
class Doors:
    """`hosts` are the names that the server is asked by beside loopback and its own address.

    Pages of the `origins` may ask too, but never with their visitor's session: with a key, or as the public.
    """

    hosts: Collection[str] = ()
    origins: Collection[str] = ()
    rate_of_address: str = ""
    rate_of_key: str = ""

    def middleware(self) -> list[Middleware]:
        """What stands before all routes, the outermost first."""
        return [*self._rates(), Middleware(Callers, self.hosts, self.origins), *self._cross_origin()]

    def _rates(self) -> list[Middleware]:
        if not (self.rate_of_address or self.rate_of_key):
            return []
        return [Middleware(Rates, self.rate_of_address, self.rate_of_key)]

    def _cross_origin(self) -> list[Middleware]:
        if not self.origins:
            return []
        return [
            Middleware(
                CORSMiddleware,
                allow_origins=list(self.origins),
                allow_methods=_METHODS,
                allow_headers=_SENT,
                expose_headers=_SEEN,
                max_age=_PREFLIGHT_KEPT_S,
            )
        ]
