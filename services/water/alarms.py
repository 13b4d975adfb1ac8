"""What people decide about alarms. An alarm is a conclusion and no event; its id says what it is about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.checks import expect_texts
from services.decider import Command, Decider, Fact, latest, require, restated, stated

_ID = re.compile(r"(TROPHIC|SOURCE|OUTFALL|TARGET)/(.+)/[A-Z]+/\d{8}T\d{6}Z")


@dataclass(frozen=True, kw_only=True)
class HandleWaterAlarm(Command):
    """Decide what an alarm of the water subsystem calls for: CONFIRMED, DISMISSED or RESOLVED, and why."""

    alarm_id: str
    site_id: str
    decision: str
    reason: str
    decided_by: str


def handle_alarm(command: HandleWaterAlarm, state: Fact | None, _now: datetime) -> Sequence[Fact]:
    found = _ID.fullmatch(command.alarm_id)
    require(
        found is not None and found[2] == command.site_id,
        "malformed_alarm",
        f"{command.alarm_id!r} is no alarm of {command.site_id}",
        "alarm_id",
        "Take the alarm's id and site from waterAlarms.",
    )
    expect_texts(command, "reason", "decided_by")
    return restated(stated("water.water_alarm_handled", command), state)


DECIDERS: Mapping[type[Command], Decider] = {
    HandleWaterAlarm: Decider("water_alarm", lambda c: c.alarm_id, handle_alarm, latest),
}
