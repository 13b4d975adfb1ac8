"""Commands about keys of devices and departments, and notes of deliveries that were answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.decider import Command, Decider, Fact, latest, require, stated


@dataclass(frozen=True, kw_only=True)
class IssueKey(Command):
    """Give a device or department a key: the hash of its token, and the sites it may speak for (none: all)."""

    key_id: str
    holder: str
    kind: str
    sites: Sequence[str] = ()
    token_sha256: str


@dataclass(frozen=True, kw_only=True)
class RevokeKey(Command):
    """Revoke a key: nothing that is sent with it is accepted any more."""

    key_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BeginDelivery(Command):
    """Say what comes under a number before any of it is taken down, so that nothing else can."""

    delivery_id: str
    content_sha256: str


@dataclass(frozen=True, kw_only=True)
class NoteDelivery(Command):
    """Note what a numbered delivery was answered, so that it gets the same answer again."""

    delivery_id: str
    content_sha256: str
    status: int
    answer: str


def issue_key(command: IssueKey, state: str, _now: datetime) -> Sequence[Fact]:
    """The key, once."""
    require(not state, "key_exists", f"there is a key {command.key_id}", "key_id", "Issue another.")
    require(bool(command.holder.strip()), "empty", "no holder is named", "holder", "Say who will send with it.")
    return [stated("district.key_issued", command)]


def revoke_key(command: RevokeKey, state: str, _now: datetime) -> Sequence[Fact]:
    """The revocation of a key that is in force."""
    require(
        bool(state),
        "unknown_key",
        f"there is no key {command.key_id!r}",
        "key_id",
        "See `env1357 token list`.",
    )
    require(bool(command.reason.strip()), "empty", "no reason is given", "reason", "Say why.")
    return [stated("district.key_revoked", command)] if state == "district.key_issued" else []


def begin_delivery(command: BeginDelivery, state: Fact | None, _now: datetime) -> Sequence[Fact]:
    """The beginning, once; refused where something else came under the number before."""
    if state is None:
        return [stated("district.delivery_begun", command)]
    require(
        state.fields["content_sha256"] == command.content_sha256,
        "idempotency_key_reused",
        "another body came with this Idempotency-Key before",
        "Idempotency-Key",
        "Give each delivery a key of its own.",
    )
    return []


def note_delivery(command: NoteDelivery, state: Fact | None, _now: datetime) -> Sequence[Fact]:
    """The note, once."""
    noted = state is not None and state.event == "district.delivery_recorded"
    return [] if noted else [stated("district.delivery_recorded", command)]


def _last(_state: str, fact: Fact) -> str:
    return fact.event


DECIDERS: Mapping[type[Command], Decider] = {
    RevokeKey: Decider("key", lambda c: c.key_id, revoke_key, _last, initial=""),
}

OWN: Mapping[type[Command], Decider] = {
    IssueKey: Decider("key", lambda c: c.key_id, issue_key, _last, initial=""),
    BeginDelivery: Decider("delivery", lambda c: c.delivery_id, begin_delivery, latest),
    NoteDelivery: Decider("delivery", lambda c: c.delivery_id, note_delivery, latest),
}
"""What the platform itself says when it has made a token or answered a delivery; nobody can send these."""
