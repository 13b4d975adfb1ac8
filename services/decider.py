"""What a command, a fact and a decision are. Pure: no clock, network or database is read here or in commands."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

ENVELOPE_OF_COMMAND = ("source", "occurred_at")

ANY_PLACE = "place"
"""The aggregate that a command refers to where a place of any kind will do."""

EITHER = " or "
"""Stands between kinds of places, where a command refers to one of several kinds."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """What someone asks for: `source` says who, `occurred_at` when it happened (now, where silent; UTC)."""

    source: str
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Fact:
    """What a decision states: an event without its envelope."""

    event: str
    fields: Mapping[str, Any]


class Refused(Exception):
    """The command can't be followed: `code` for programs, the rest for people. `where` names field or thing."""

    def __init__(self, code: str, message: str, where: str, remedy: str) -> None:
        super().__init__(f"{where}: {message}. {remedy}")
        self.code, self.message, self.where, self.remedy = code, message, where, remedy


class Known(Protocol):
    """What a decider may ask about subjects other than its command's own; only what counts is told."""

    def history(self, subject: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """(event type, fields) of a subject's events, oldest first."""

    def naming(self, event: str, field: str, identity: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """(event type, fields) of all events of a type that name `identity` in a field, in no order."""


Decide = Callable[[Any, Any, datetime], Sequence[Fact]]
"""(command, state, now) to the facts that follow; raises `Refused`. `now` is UTC."""


@dataclass(frozen=True)
class Decider:
    """How one kind of command is decided.

    `identity` gives the id of the thing it is about, `evolve` the state after a fact, `decide` the facts that
    follow or `Refused`. `refers` names the subjects that must exist: (aggregate, id, field). `beside` gives facts
    of other subjects that the decision needs: they evolve the state behind the subject's own. Others may add to
    them meanwhile, so a decision may rely on nothing that a later fact of theirs takes away; unless it is made
    `alone`: a process then decides one such command after the other, each on what the one before it came to.
    """

    aggregate: str
    identity: Callable[[Any], str]
    decide: Decide
    evolve: Callable[[Any, Fact], Any]
    initial: Any = None
    refers: Callable[[Any], Iterable[tuple[str, str, str]]] = lambda _: ()
    beside: Callable[[Any, Known], Iterable[tuple[str, Mapping[str, Any]]]] = lambda _, __: ()
    alone: bool = False

    def subject(self, command: Command) -> str:
        return f"{self.aggregate}/{self.identity(command)}"

    def state(self, facts: Iterable[Fact]) -> Any:
        """The state after the facts, oldest first."""
        state = self.initial
        for fact in facts:
            state = self.evolve(state, fact)
        return state


def latest(_state: Fact | None, fact: Fact) -> Fact:
    """A state that is the last fact itself: all that a register needs to know."""
    return fact


def stated(event: str, command: Command) -> Fact:
    """The fact that says just what the command says."""
    names = [f.name for f in dataclasses.fields(command) if f.name not in ENVELOPE_OF_COMMAND]
    said = {name: getattr(command, name) for name in names}
    return Fact(event, {name: list(v) if isinstance(v, tuple) else v for name, v in said.items()})


def restated(fact: Fact, entry: Fact | None) -> Sequence[Fact]:
    """The fact, unless the register says the same already."""
    same = entry is not None and all(
        as_kept(entry.fields.get(name)) == as_kept(value) for name, value in fact.fields.items()
    )
    return [] if same else [fact]


def as_kept(value: Any) -> Any:
    """A value as tables keep it: times in UTC, without saying so."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def require(condition: bool, code: str, message: str, where: str, remedy: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refused(code, message, where, remedy)
