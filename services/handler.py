"""Carries out commands: state, decision, durable append, and the fold's word on which of two rivals counts."""

import json
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from eventlog.codec import Event, drafts, encode
from eventlog.log import EventLog, Offsets
from schemas.contract import event_types
from services.ahead import Ahead, Said
from services.claims import expect_own, expect_there
from services.decider import Command, Decider, Fact, Refused
from services.deciders import all_deciders
from services.ports import Clock, Folding, ReadState
from services.possible import expect_possible
from services.unexpected import guarded

_EVENTS = uuid.UUID("1357e7a0-0000-5000-8000-000000000001")
_FOLD_TIMEOUT_S = 30.0


def utc_now() -> datetime:
    """The system's clock, UTC."""
    return datetime.now(UTC)


class Superseded(Exception):
    """Someone else's event on the same subject came first; look at it and decide anew."""


class VerdictPending(Exception):
    """The event is durable, but was not folded in time: whether it counts will show later."""


@dataclass(frozen=True)
class Accepted:
    """What became of a command: the events that count, none where nothing had changed."""

    subject: str
    event_ids: Sequence[str]
    offsets: Offsets


@dataclass
class CommandCounts:
    """What became of commands so far, for those who look on; `pending` are those whose fold took too long."""

    accepted: int = 0
    refused: int = 0
    superseded: int = 0
    pending: int = 0

    def add(self, outcomes: Sequence[Accepted | Refused | Superseded]) -> None:
        self.accepted += sum(isinstance(each, Accepted) for each in outcomes)
        self.refused += sum(isinstance(each, Refused) for each in outcomes)
        self.superseded += sum(isinstance(each, Superseded) for each in outcomes)


class Handler:
    """Carries out commands against a log, by the state that the read side has folded."""

    def __init__(self, log: EventLog, state: ReadState, folding: Folding, clock: Clock = utc_now) -> None:
        self._log, self._state, self._folding, self._clock = log, state, folding, clock
        self.counts = CommandCounts()
        self._alone = threading.Lock()

    def handle(self, command: Command) -> Accepted:
        """Carry out one command and return once its event is durable and folded.

        Raises `Refused`, `Superseded`, `VerdictPending`, or an `Unavailable` when nothing was recorded.
        """
        (outcome,) = self._carried_out([command], _plainly)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def handle_all(self, commands: Sequence[Command]) -> list[Accepted | Refused | Superseded]:
        """Carry out commands with one append; each is decided on what those before it will have made of the state.

        So they may be about the same thing, any number of them, and refer to what an earlier one registers. Whoever
        else writes on a subject meanwhile supersedes all of them on it, or none. A command that meets a bug is
        refused as `unexpected`, alone.
        """
        return self._carried_out(commands, _guardedly)

    def _carried_out(self, commands: Sequence[Command], how: "_How") -> list[Accepted | Refused | Superseded]:
        if any(all_deciders()[type(command)].alone for command in commands):
            with self._alone:
                return self._together(commands, how)
        return self._together(commands, how)

    def _together(self, commands: Sequence[Command], how: "_How") -> list[Accepted | Refused | Superseded]:
        self._folding.expect_current()
        ahead = Ahead(self._state)  # nothing is appended before all are decided
        decided = [self._decide(command, ahead, how) for command in commands]
        events = [event for outcome in decided if not isinstance(outcome, Refused) for event in outcome.events]
        offsets = self._log.append(drafts(events)) if events else {}
        if not self._folding.wait_for(offsets, _FOLD_TIMEOUT_S):
            self.counts.pending += len(commands)
            raise VerdictPending(
                f"{len(events)} events are durable, but were not folded within {_FOLD_TIMEOUT_S:.0f} s. "
                "Don't send them again: ask for their subject later"
            )
        outcomes = [o if isinstance(o, Refused) else self._verdict(o, offsets) for o in decided]
        self.counts.add(outcomes)
        return outcomes

    def _decide(self, command: Command, ahead: Ahead, how: "_How") -> "_Decided | Refused":
        decider = all_deciders()[type(command)]
        subject, now = decider.subject(command), self._clock()
        try:
            _check(command, decider, now, ahead)
            known = ahead.known(decider, command)  # an outage of the tables is no bug of a command
            events = how(lambda: _events(command, decider, ahead, known, now))
        except Refused as refusal:
            return refusal
        decided = _Decided(subject, events, ahead.last_said(subject))
        ahead.add(subject, ((event.type, event.fields) for event in events))
        return decided

    def _verdict(self, decided: "_Decided", offsets: Offsets) -> Accepted | Superseded:
        ids = [str(event.fields["event_id"]) for event in decided.events]
        relied = ids or filter(None, [decided.behind])
        if all(self._state.counted(decided.subject, event_id) for event_id in relied) and self._own(decided):
            return Accepted(decided.subject, ids, offsets)
        return Superseded(
            f"{decided.subject}: someone else's event was recorded first, so this one does not count. "
            "Look at the present state and decide anew"
        )

    def _own(self, decided: "_Decided") -> bool:
        """Whether the places registered are of that kind: another may have claimed their ids meanwhile."""
        places = [e for e in decided.events if event_types()[e.type].place]
        sites = self._state.sites() if places else {}
        claims = [(sites.get(e.fields["site_id"]), event_types()[e.type].aggregate) for e in places]
        return all(site is None or site.kind == kind for site, kind in claims)


@dataclass(frozen=True)
class _Decided:
    """What a command comes to; `behind` is the event of the same call that its subject's state rests on, if any."""

    subject: str
    events: Sequence[Event]
    behind: str | None


_How = Callable[[Callable[[], Sequence[Event]]], Sequence[Event]]
"""How a decision is made: plainly, or so that its bug costs no other command."""


def _plainly(decide: Callable[[], Sequence[Event]]) -> Sequence[Event]:
    return decide()


def _guardedly(decide: Callable[[], Sequence[Event]]) -> Sequence[Event]:
    def refuse(refusal: Refused) -> Sequence[Event]:
        raise refusal

    return guarded(decide, refuse)


def _events(
    command: Command, decider: Decider, ahead: Ahead, known: Sequence[Said], now: datetime
) -> Sequence[Event]:
    """The events that a command comes to. Pure."""
    facts = decider.decide(command, ahead.evolved(decider, command, known), now)
    expect_possible(facts, now)
    subject = decider.subject(command)
    events = _chained(command, subject, facts, ahead.head(subject), now)
    _expect_encodable(events, subject)
    return events


def _check(command: Command, decider: Decider, now: datetime, ahead: Ahead) -> None:
    if command.occurred_at and command.occurred_at > now:
        raise Refused(
            "in_the_future",
            f"occurred_at is {command.occurred_at.isoformat()}, and it is {now.isoformat()}",
            "occurred_at",
            "Give the time at which it happened, with its offset from UTC.",
        )
    expect_own(decider, command, ahead.place)
    expect_there(decider, command, ahead.place, ahead.exists)


def _chained(
    command: Command, subject: str, facts: Sequence[Fact], previous: str | None, now: datetime
) -> Sequence[Event]:
    """The facts as events, each naming the one before it."""
    events = []
    for fact in facts:
        said = json.dumps([subject, previous, fact.event, fact.fields], default=_plain, sort_keys=True)
        envelope: Mapping[str, Any] = {
            "event_id": str(uuid.uuid5(_EVENTS, said)),
            "subject": subject,
            "occurred_at": command.occurred_at or now,
            "recorded_at": now,
            "source": command.source,
            "previous": previous,
        }
        events.append(Event(fact.event, {**envelope, **fact.fields}))
        previous = envelope["event_id"]
    return events


def _expect_encodable(events: Sequence[Event], subject: str) -> None:
    """Refuse what no event can hold: a number beyond 64 bits, a text that UTF-8 can't say."""
    try:
        for event in events:
            encode(event)
    except (ValueError, OverflowError) as error:
        raise Refused("does_not_fit_the_schema", str(error), subject, "Correct it after the schema.") from None


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in an event")
