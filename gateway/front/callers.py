"""Whom a request is for, and whether another site's page sent it.

A page of another site can have its visitor's browser reach a server on the visitor's own machine: by a name of its
own that it points there (the Host header tells), or by an image, a form or a script (the browser says so itself).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.front.answers import TurnedAway

_SETTING = "ENV1357_ALLOWED_HOSTS"


@dataclass(frozen=True)
class Callers:
    """Turns away what is for another host, and what another site's page sent without asking first.

    Allowed are loopback, the address that the connection came in at, and `hosts`: names, or `.example.org` for all
    names under one; and the pages of `origins`.
    """

    app: ASGIApp
    hosts: Collection[str] = field(default=())
    origins: Collection[str] = field(default=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        turned_away = self._turned_away(scope) if scope["type"] in ("http", "websocket") else None
        if turned_away:
            await turned_away.response(Connection="close")(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _turned_away(self, scope: Scope) -> TurnedAway | None:
        headers = Headers(scope=scope)
        said = headers.getlist("host")
        if len(said) > 1 or (not said and scope.get("http_version") != "1.0"):
            return TurnedAway(
                400,
                "no_host",
                f"the request has {len(said)} Host headers",
                "Host",
                "Send one: the server's address.",
            )
        if said and not self._is_ours(said[0], scope):
            remedy = f"Ask by the server's own address, or name this one in {_SETTING}."
            return TurnedAway(421, "wrong_host", f"this server is not {said[0][:100]!r}", "Host", remedy)
        invited = headers.get("origin") in self.origins
        if headers.get("sec-fetch-site") == "cross-site" and not (invited or _only_shows_a_page(scope, headers)):
            remedy = "Open it in a window of its own, or ask from a page of this server."
            return TurnedAway(403, "cross_site", "another site's page sent this", "Sec-Fetch-Site", remedy)
        return None

    def _is_ours(self, host: str, scope: Scope) -> bool:
        name = host_name(host)
        return name is not None and (
            is_loopback(name)
            or name == _plain(str((scope.get("server") or ("",))[0]))
            or any(_fits(name, allowed) for allowed in self.hosts)
        )


def host_name(host: str) -> str | None:
    """The name or address of a Host header, without port and brackets, in small letters; None where it is none."""
    name, colon, port = host.strip().lower().rpartition(":")
    if not colon or "]" in port:
        name, port = host.strip().lower(), ""
    if port and not (port.isascii() and port.isdigit()):
        return None
    if name.startswith("["):
        return _plain(name[1:-1]) if name.endswith("]") else None
    return None if ":" in name or not name else name.removesuffix(".")


def _plain(address: str) -> str:
    """An address in its one form; what is none stays as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def is_loopback(name: str) -> bool:
    """Whether a name or address is this machine's own."""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _fits(name: str, allowed: str) -> bool:
    allowed = allowed.lower()
    if allowed.startswith("."):
        return name.endswith(allowed) or name == allowed[1:]
    return name == (host_name(allowed) or _plain(allowed))


def _only_shows_a_page(scope: Scope, headers: Headers) -> bool:
    """Whether a browser follows a link: it shows what comes, and asks nothing that the link's author chose."""
    shows = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    asks = scope.get("path", "").endswith("/graphql") and scope.get("query_string")
    return shows and scope.get("method") == "GET" and not asks
