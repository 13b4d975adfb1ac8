"""Keys of devices and departments: issued once, kept only as a hash, looked up at each delivery.

A token is 256 random bits, so a plain SHA-256 of it can't be turned back, and needs no salt and no slow hash.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from running.platform import Platform, Progress
from services.access.commands import IssueKey, RevokeKey

_PREFIX = "e1357_"


@dataclass(frozen=True)
class Key:
    """A key that is in force; no sites means that its holder may speak for all."""

    key_id: str
    holder: str
    sites: Sequence[str]
    kind: str


def key_of(token: str, platform: Platform) -> Key | None:
    """The key that a token stands for, or None where there is none in force."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    said = platform.state.history(f"key/{digest[:16]}")
    if not said or said[-1][0] != "district.key_issued":
        return None
    fields = said[0][1]
    if not hmac.compare_digest(str(fields["token_sha256"]), digest):
        return None
    return Key(str(fields["key_id"]), str(fields["holder"]), list(fields["sites"]), str(fields["kind"]))


def issue(platform: Platform, holder: str, kind: str, sites: Sequence[str], source: str) -> tuple[str, str]:
    """A new key's id and its token, which is shown this once. Raises what the handler raises."""
    token = _PREFIX + secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    platform.handler.handle(
        IssueKey(
            source=source, key_id=digest[:16], holder=holder, kind=kind, sites=tuple(sites), token_sha256=digest
        )
    )
    return digest[:16], token


def token_operation(platform: Platform, arguments: Mapping[str, Any], _progress: Progress) -> dict[str, Any]:
    """`do` is issue (`holder`, `kind`, `sites`), revoke (`key_id`, `reason`) or list; `source` says who does it."""
    if arguments["do"] == "issue":
        key_id, token = issue(
            platform, arguments["holder"], arguments["kind"], arguments["sites"], arguments["source"]
        )
        return {"key_id": key_id, "token": token}
    if arguments["do"] == "revoke":
        done = platform.handler.handle(
            RevokeKey(source=arguments["source"], key_id=arguments["key_id"], reason=arguments["reason"])
        )
        return {"revoked": bool(done.event_ids)}
    with platform.database.read() as snapshot:
        cursor = snapshot.connection.execute(
            "SELECT key_id, holder, kind, sites, issued_by, issued_at, revoked_at, reason FROM ops.key ORDER BY ALL"
        )
        return {"columns": [column[0] for column in cursor.description], "rows": cursor.fetchall()}
