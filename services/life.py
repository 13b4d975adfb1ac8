"""A life, decided by its table: which step may follow, when, with how much; the rest is a check of its own."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from schemas.lives import NEW, Life, Quantity, lives
from services.decider import Command, Decider, Fact, Known, Refused, as_kept, require, restated, stated

_BESIDE = "beside"


@dataclass(frozen=True)
class Standing:
    """Where a thing stands: `status`, since when (UTC, naive; None where it is not known), and its last facts."""

    status: str = NEW
    since: datetime | None = None
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def last(self, event: str) -> Mapping[str, Any]:
        """The fields of the last event of a type; empty where there was none."""
        return self.facts.get(event, {})

    @property
    def beside(self) -> Mapping[str, Any]:
        """What the step asked about other things."""
        return self.last(_BESIDE)


Check = Callable[[Any, Standing, datetime], None]
"""(command, where the thing stands, now): raises `Refused`."""


@dataclass(frozen=True)
class Act:
    """What a command is to a life: the event that states it, what is checked beside its table, what must exist.

    `beside` is what the check must know of other things, asked of what is folded; see `Standing.beside`.
    `repeats` where a step that says what the last one of its kind said changes nothing.
    """

    event: str
    check: Check = lambda *_: None
    refers: Callable[[Any], Iterable[tuple[str, str, str]]] = lambda _: ()
    beside: Callable[[Any, Known], Mapping[str, Any]] | None = None
    repeats: bool = False


def life(name: str, acts: Mapping[type[Command], Act]) -> dict[type[Command], Decider]:
    """The deciders of a life's steps. Every step of its table must be somebody's act, and no act another's."""
    table = lives()[name]
    if {act.event for act in acts.values()} != table.steps.keys():
        raise ValueError(f"the acts of {name} are not the steps of schemas/standards/life_step.csv")
    evolve = partial(_evolve, table)
    return {kind: _decider(table, act, evolve) for kind, act in acts.items()}


def standing_of(name: str, identity: str, known: Known) -> Standing:
    """How another thing stands, as far as is folded."""
    standing = Standing()
    for event, fields in known.history(f"{name}/{identity}"):
        standing = _evolve(lives()[name], standing, Fact(event, fields))
    return standing


def _decider(table: Life, act: Act, evolve: Callable[[Standing, Fact], Standing]) -> Decider:
    def decide(command: Command, standing: Standing, now: datetime) -> Sequence[Fact]:
        fact = stated(act.event, command)
        if act.repeats and not restated(fact, _known(act.event, standing)):
            return []
        _expect_step(table, act.event, fact, standing)
        _expect_order(command, standing, now)
        for quantity in table.quantities:
            if quantity.event == act.event:
                _expect_quantity(quantity, fact, standing.last(quantity.of_event))
        act.check(command, standing, now)
        return [fact]

    def beside(command: Command, known: Known) -> Iterable[tuple[str, Mapping[str, Any]]]:
        return [(_BESIDE, act.beside(command, known))] if act.beside else []

    return Decider(
        table.name,
        lambda command: "/".join(str(getattr(command, name)) for name in table.key),
        decide,
        evolve,
        Standing(),
        act.refers,
        beside,
        alone=act.beside is not None,
    )


def _evolve(table: Life, standing: Standing, fact: Fact) -> Standing:
    facts = {**standing.facts, fact.event: fact.fields}
    if fact.event not in table.steps:
        return Standing(standing.status, standing.since, facts)
    since = as_kept(fact.fields.get("occurred_at"))
    return Standing(table.steps[fact.event].standing(fact.fields), since, facts)


def _expect_step(table: Life, event: str, fact: Fact, standing: Standing) -> None:
    step = table.steps[event]
    if standing.status not in step.at:
        thing = f"{table.name.replace('_', ' ')} {'/'.join(str(fact.fields[name]) for name in table.key)}"
        needed = " or ".join("new" if at == NEW else at for at in step.at)
        said = "is not there yet" if standing.status == NEW else f"is {standing.status}"
        raise Refused(
            "illegal_step",
            f"{thing} {said}, and for this step it must be {needed}",
            table.key[-1],
            "Check the number, and which step comes next.",
        )


def _expect_order(command: Command, standing: Standing, now: datetime) -> None:
    at, since = as_kept(command.occurred_at or now), standing.since
    require(
        since is None or at >= since,
        "before_the_last_step",
        f"it would have happened at {at} (UTC), before the step that it follows, at {since}",
        "occurred_at",
        "Correct the time; what was stated before stays as it is.",
    )


def _expect_quantity(rule: Quantity, fact: Fact, before: Mapping[str, Any]) -> None:
    said, bound = fact.fields[rule.field], before.get(rule.of_field)
    if bound is None or (rule.unless and fact.fields.get(rule.unless)):
        return
    fits = {
        "AT_MOST": said <= bound * (1 + rule.tolerance) + math.ulp(bound),
        "AT_LEAST": said >= bound * (1 - rule.tolerance) - math.ulp(bound),
        "SAME": abs(said - bound) <= bound * rule.tolerance,
    }[rule.relation]
    if rule.unless:
        require(
            fits,
            "reason_missing",
            f"{rule.field} is {said}, and the step before it said {bound}, without a {rule.unless}",
            rule.unless,
            f"Say how it differs ({rule.clause}).",
        )
    margin = f", {rule.tolerance:.0%} more or less allowed" if rule.tolerance else ""
    require(
        fits,
        "impossible_quantity",
        f"{rule.field} is {said}; {rule.relation.lower().replace('_', ' ')} {bound} can be{margin}",
        rule.field,
        f"Correct it after the step before it ({rule.clause}).",
    )


def _known(event: str, standing: Standing) -> Fact | None:
    return Fact(event, standing.facts[event]) if event in standing.facts else None
