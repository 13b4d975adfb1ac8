"""What people do about alarms: one chain for all of them, whose steps name an alarm that there is.

An alarm is a conclusion and no event; the tables say which there are (`monitor.alarm`), and from its first step on
its chain goes by the name that it had then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.checks import expect_texts
from services.decider import Command, Decider, Fact, require
from services.life import Act, Standing, life


@dataclass(frozen=True, kw_only=True)
class AssignAlarm(Command):
    """Give an alarm to a person or team to see to."""

    alarm_id: str
    assignee: str


@dataclass(frozen=True, kw_only=True)
class AcknowledgeAlarm(Command):
    """Take notice of an alarm: `source` says who, `action` what was done."""

    alarm_id: str
    action: str


@dataclass(frozen=True, kw_only=True)
class HandleAlarm(Command):
    """Say what was done about what an alarm is about."""

    alarm_id: str
    done: str


@dataclass(frozen=True, kw_only=True)
class CloseAlarm(Command):
    """Close an alarm: REMEDIED where it was handled, DISMISSED where nothing had to be done."""

    alarm_id: str
    outcome: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReopenAlarm(Command):
    """Open an alarm that was closed again, and say why."""

    alarm_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class HandleWaterAlarm(Command):
    """Decide on an alarm of waters: CONFIRMED acknowledges it, RESOLVED handles it, DISMISSED closes it."""

    alarm_id: str
    site_id: str
    decision: str
    reason: str
    decided_by: str


def check_closing(command: CloseAlarm, standing: Standing, _now: datetime) -> None:
    """What nobody handled can only be dismissed."""
    expect_texts(command, "reason")
    require(
        command.outcome == "DISMISSED" or standing.status == "HANDLED",
        "not_handled",
        f"alarm {command.alarm_id} is closed as {command.outcome}, and nobody said what was done",
        "outcome",
        "Say first what was done (`handleAlarm`), or dismiss it.",
    )


def _act(event: str, *texts: str, repeats: bool = False) -> Act:
    def check(command: Command, _standing: Standing, _now: datetime) -> None:
        expect_texts(command, *texts)

    return Act(event, check, _refers, repeats=repeats)


def _refers(command: AssignAlarm) -> Sequence[tuple[str, str, str]]:
    return [("alarm", command.alarm_id, "alarm_id")]


def _decided(command: HandleWaterAlarm, standing: Standing, now: datetime) -> Sequence[Fact]:
    """The step of the one chain that a decision comes to."""
    expect_texts(command, "reason", "decided_by")
    require(
        f"/{command.site_id}/" in command.alarm_id,
        "malformed_alarm",
        f"{command.alarm_id!r} is no alarm of {command.site_id}",
        "alarm_id",
        "Take the alarm's id and site from waterAlarms.",
    )
    step = _step(command)
    return _CHAIN[type(step)].decide(step, standing, now)


def _step(command: HandleWaterAlarm) -> Command:
    source, at = command.source, command.occurred_at
    said, alarm_id = f"{command.reason} ({command.decided_by})", command.alarm_id
    match command.decision:
        case "CONFIRMED":
            return AcknowledgeAlarm(alarm_id=alarm_id, action=said, source=source, occurred_at=at)
        case "RESOLVED":
            return HandleAlarm(alarm_id=alarm_id, done=said, source=source, occurred_at=at)
        case _:
            return CloseAlarm(alarm_id=alarm_id, outcome="DISMISSED", reason=said, source=source, occurred_at=at)


_CHAIN: Mapping[type[Command], Decider] = life(
    "alarm",
    {
        AssignAlarm: _act("district.alarm_assigned", "assignee", repeats=True),
        AcknowledgeAlarm: _act("district.alarm_acknowledged", "action", repeats=True),
        HandleAlarm: _act("district.alarm_handled", "done"),
        CloseAlarm: Act("district.alarm_closed", check_closing, _refers),
        ReopenAlarm: _act("district.alarm_reopened", "reason"),
    },
)

DECIDERS: Mapping[type[Command], Decider] = {
    **_CHAIN,
    HandleWaterAlarm: replace(_CHAIN[AcknowledgeAlarm], decide=_decided),
}
