"""Bypasses of waste-gas systems (旁路排查): their register, inspections, each opening, and their removal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.checks import expect_past, expect_past_day, expect_step, expect_texts
from services.decider import Command, Decide, Decider, Fact, as_kept, require, restated, stated
from services.growing import Growing


@dataclass(frozen=True, kw_only=True)
class RegisterBypass(Command):
    """Enter a bypass of a waste-gas system in the register, or enter one anew that had been taken away."""

    bypass_id: str
    enterprise_id: str
    place: str
    kept_for: str
    seal_no: str | None = None
    flow_monitored: bool = False
    valve_monitored: bool = False


@dataclass(frozen=True, kw_only=True)
class InspectBypass(Command):
    """Record an inspection of a bypass."""

    bypass_id: str
    inspected_on: date
    seal_intact: bool | None = None
    seal_no: str | None = None
    found: str
    problem: bool


@dataclass(frozen=True, kw_only=True)
class OpenBypass(Command):
    """Record that a bypass was opened; `reported_at` where the bureau was told already."""

    bypass_id: str
    opened_at: datetime
    reason: str
    reported_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CloseBypass(Command):
    """Record that a bypass was closed, with the number of its new lead seal."""

    bypass_id: str
    closed_at: datetime
    seal_no: str | None = None
    remark: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportBypassOpening(Command):
    """Record that the bureau was told of an opening, which is counted from 1."""

    bypass_id: str
    opening: int
    reported_at: datetime


@dataclass(frozen=True, kw_only=True)
class RemoveBypass(Command):
    """Record that a bypass was taken away."""

    bypass_id: str
    removed_on: date
    done: str


@dataclass(frozen=True)
class Bypass:
    """What the handler knows of a bypass: the last fact of each kind, and which openings were reported."""

    status: str = ""
    last: Mapping[str, Fact] = field(default_factory=dict)
    reported: Growing[int, bool] = field(default_factory=Growing)


def register_bypass(command: RegisterBypass, state: Bypass, _now: datetime) -> Sequence[Fact]:
    expect_texts(command, "bypass_id", "place", "kept_for")
    fact = stated("air.bypass_registered", command)
    return [fact] if state.status == "REMOVED" else restated(fact, state.last.get(fact.event))


def inspect_bypass(command: InspectBypass, state: Bypass, now: datetime) -> Sequence[Fact]:
    expect_texts(command, "found")
    expect_past_day(command.inspected_on, now, "inspected_on")
    return _step(stated("air.bypass_inspected", command), state, "CLOSED", "OPEN")


def open_bypass(command: OpenBypass, state: Bypass, now: datetime) -> Sequence[Fact]:
    expect_texts(command, "reason")
    expect_past(command.opened_at, now, "opened_at")
    if command.reported_at is not None:
        expect_past(command.reported_at, now, "reported_at")
    facts = _step(stated("air.bypass_opened", command), state, "CLOSED")
    return facts and _after(facts, "opened_at", state.last.get("air.bypass_closed"), "closed_at")


def close_bypass(command: CloseBypass, state: Bypass, now: datetime) -> Sequence[Fact]:
    expect_past(command.closed_at, now, "closed_at")
    facts = _step(stated("air.bypass_closed", command), state, "OPEN")
    return facts and _after(facts, "closed_at", state.last.get("air.bypass_opened"), "opened_at")


def report_bypass_opening(command: ReportBypassOpening, state: Bypass, now: datetime) -> Sequence[Fact]:
    openings = len(state.reported)
    require(
        1 <= command.opening <= openings,
        "unknown_opening",
        f"bypass {command.bypass_id} was opened {openings} times",
        "opening",
        "Count its openings from 1.",
    )
    reported = state.reported[command.opening]
    expect_step(not reported, f"opening {command.opening}", "reported already", "opening")
    expect_past(command.reported_at, now, "reported_at")
    return [stated("air.bypass_opening_reported", command)]


def remove_bypass(command: RemoveBypass, state: Bypass, now: datetime) -> Sequence[Fact]:
    expect_texts(command, "done")
    expect_past_day(command.removed_on, now, "removed_on")
    _expect(command.bypass_id, state, "CLOSED")
    return [stated("air.bypass_removed", command)]


def evolve(state: Bypass, fact: Fact) -> Bypass:
    state = replace(state, last={**state.last, fact.event: fact})
    match fact.event:
        case "air.bypass_registered":
            return replace(state, status="CLOSED" if state.status in ("", "REMOVED") else state.status)
        case "air.bypass_opened":
            told = fact.fields["reported_at"] is not None
            return replace(state, status="OPEN", reported=state.reported.with_(len(state.reported) + 1, told))
        case "air.bypass_closed":
            return replace(state, status="CLOSED")
        case "air.bypass_opening_reported":
            number = fact.fields["opening"]
            known = number in state.reported
            return replace(state, reported=state.reported.with_(number, True)) if known else state
        case "air.bypass_removed":
            return replace(state, status="REMOVED")
        case _:
            return state


def _step(fact: Fact, state: Bypass, *needed: str) -> Sequence[Fact]:
    """The fact, where the bypass stands at one of `needed`; nothing where the last of its kind says the same."""
    facts = restated(fact, state.last.get(fact.event))
    if facts:
        _expect(fact.fields["bypass_id"], state, *needed)
    return facts


def _after(facts: Sequence[Fact], name: str, before: Fact | None, name_before: str) -> Sequence[Fact]:
    """The facts, unless the step would have been taken before the one that it follows."""
    at, then = as_kept(facts[0].fields[name]), before and as_kept(before.fields[name_before])
    expect_step(then is None or at >= then, f"a step at {at}", f"before the last one, at {then}", name)
    return facts


def _expect(bypass_id: str, state: Bypass, *needed: str) -> None:
    standing = state.status or "not registered"
    expect_step(state.status in needed, f"bypass {bypass_id}", standing, "bypass_id")


def _bypass(decide: Decide) -> Decider:
    return Decider(
        "bypass", lambda c: c.bypass_id, decide, evolve, Bypass(), lambda c: [("bypass", c.bypass_id, "bypass_id")]
    )


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterBypass: Decider(
        "bypass", lambda c: c.bypass_id, register_bypass, evolve, Bypass(),
        lambda c: [("enterprise", c.enterprise_id, "enterprise_id")],
    ),
    InspectBypass: _bypass(inspect_bypass),
    OpenBypass: _bypass(open_bypass),
    CloseBypass: _bypass(close_bypass),
    ReportBypassOpening: _bypass(report_bypass_opening),
    RemoveBypass: _bypass(remove_bypass),
}  # fmt: skip
