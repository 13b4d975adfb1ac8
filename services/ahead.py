"""What will have been said when commands that are carried out together are folded: the tables, and these on top."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from schemas.contract import event_types
from schemas.places import Site
from services.decider import Command, Decider, Fact
from services.ports import ReadState

Said = tuple[str, Mapping[str, Any]]
"""Event type and fields, as tables have them."""


@dataclass
class _Life:
    """A subject's events that count and those said in this call, and states that were evolved over them so far."""

    events: list[Said]
    said: int = 0
    states: dict[Callable[[Any, Fact], Any], tuple[Any, int]] = field(default_factory=dict)


class Ahead:
    """The read side as it will be; each subject is asked for once. It knows nothing of what others append."""

    def __init__(self, state: ReadState) -> None:
        self._state = state
        self._lives: dict[str, _Life] = {}
        self._exists: dict[str, bool] = {}
        self._places: dict[str, Site] = {}
        self._said: list[Said] = []

    def add(self, subject: str, events: Iterable[Said]) -> None:
        """Count events that were decided just now: their types and fields, the envelope's among them."""
        found = [(event, _as_folded(event, fields)) for event, fields in events]
        life = self._life(subject)
        life.events += found
        life.said += len(found)
        self._said += found
        for event, fields in found:
            if event_types()[event].place:
                self._places.setdefault(fields["site_id"], _site(event, fields))

    def history(self, subject: str) -> Sequence[Said]:
        """A subject's events, oldest first."""
        return self._life(subject).events

    def naming(self, event: str, field: str, identity: str) -> Sequence[Said]:
        """The events of a type that name `identity` in a field, in no order."""
        ours = [said for said in self._said if said[0] == event and said[1].get(field) == identity]
        return [*self._state.naming(event, field, identity), *ours]

    def exists(self, subject: str) -> bool:
        """Whether anything was ever said of a subject."""
        if subject in self._lives and self._lives[subject].events:
            return True
        if subject not in self._exists:
            self._exists[subject] = self._state.exists(subject)
        return self._exists[subject]

    def place(self, site_id: str) -> Site | None:
        """The place that has claimed an id; None where it is free."""
        return self._state.sites().get(site_id) or self._places.get(site_id)

    def known(self, decider: Decider, command: Command) -> Sequence[Said]:
        """Facts of other subjects that a decision needs. Asks the tables for all that `evolved` will need."""
        self._life(decider.subject(command))
        return list(decider.beside(command, self))

    def evolved(self, decider: Decider, command: Command, known: Sequence[Said]) -> Any:
        """The state that a command is to be decided on: evolved over its subject's events once, whoever asks."""
        life = self._life(decider.subject(command))
        state, done = life.states.get(decider.evolve, (decider.initial, 0))
        for said in life.events[done:]:
            state = decider.evolve(state, Fact(*said))
        life.states[decider.evolve] = state, len(life.events)
        for said in known:
            state = decider.evolve(state, Fact(*said))
        return state

    def head(self, subject: str) -> str | None:
        """The id of a subject's last event."""
        events = self._life(subject).events
        return str(events[-1][1]["event_id"]) if events else None

    def last_said(self, subject: str) -> str | None:
        """The id of the last event that was decided on a subject in this call."""
        return self.head(subject) if self._life(subject).said else None

    def _life(self, subject: str) -> _Life:
        if subject not in self._lives:
            self._lives[subject] = _Life(list(self._state.history(subject)))
        return self._lives[subject]


def _site(event: str, fields: Mapping[str, Any]) -> Site:
    kind = event_types()[event]
    return Site(kind.subsystem, str(kind.aggregate), fields["recorded_at"])


def _as_folded(event: str, stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event's fields as tables have them: times UTC without saying so, ids as UUIDs, defaults filled in."""
    fields = {}
    for name, said in event_types()[event].fields.items():
        value = stated.get(name, said.get("default"))
        if isinstance(value, datetime) and value.tzinfo:
            value = value.astimezone(UTC).replace(tzinfo=None)
        elif isinstance(value, tuple):
            value = list(value)
        elif name in ("event_id", "previous") and value is not None:
            value = uuid.UUID(value)
        fields[name] = value
    return fields
