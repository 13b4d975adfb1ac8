"""Commands of the risk subsystem: its registers, and the life of an environmental incident.

An incident is reported with a level, may be escalated to graver ones, and is closed. Levels are those of the
national plan for environmental emergencies (国办函〔2014〕119号): 1 particularly major to 4 general.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.decider import Command, Decide, Decider, Fact, require, stated
from services.registers import PlaceCommand, place_register


@dataclass(frozen=True, kw_only=True)
class RegisterRiskSource(PlaceCommand):
    """Enter an environmental risk source in the register: quantities in tonnes, parallel to substances."""

    enterprise_id: str | None = None
    substances: Sequence[str] = ()
    quantities_t: Sequence[float] = ()
    risk_level: str | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterReceptor(PlaceCommand):
    """Enter a sensitive receptor in the register."""

    category: str
    people: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReportIncident(Command):
    """Report an environmental incident: level 1 to 4, position in degrees."""

    incident_id: str
    title_zh: str
    title_en: str
    level: int
    reported_by: str
    lon: float | None = None
    lat: float | None = None
    site_id: str | None = None
    substance: str | None = None


@dataclass(frozen=True, kw_only=True)
class EscalateIncident(Command):
    """Raise an open incident to a graver level, a smaller number."""

    incident_id: str
    level: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CloseIncident(Command):
    """End the response to an incident."""

    incident_id: str
    conclusion: str


@dataclass(frozen=True)
class Incident:
    """What the handler knows of an incident; `level` is 0 before it is reported."""

    level: int = 0
    closed: bool = False


def report_incident(command: ReportIncident, state: Incident, _now: datetime) -> Sequence[Fact]:
    require(
        state.level == 0,
        "illegal_step",
        f"incident {command.incident_id} was reported already",
        "incident_id",
        "Use a new number, or escalate the one that is there.",
    )
    require(
        1 <= command.level <= 4,
        "unknown_level",
        f"level {command.level} is none of 1 to 4",
        "level",
        "Use 1 particularly major, 2 major, 3 large or 4 general.",
    )
    return [stated("risk.incident_reported", command)]


def escalate_incident(command: EscalateIncident, state: Incident, _now: datetime) -> Sequence[Fact]:
    _expect_open(state, command.incident_id)
    require(
        1 <= command.level < state.level,
        "not_graver",
        f"level {command.level} is not graver than {state.level}, where the incident stands",
        "level",
        "An escalation goes to a smaller number: 1 is the gravest.",
    )
    return [stated("risk.incident_escalated", command)]


def close_incident(command: CloseIncident, state: Incident, _now: datetime) -> Sequence[Fact]:
    _expect_open(state, command.incident_id)
    return [stated("risk.incident_closed", command)]


def evolve_incident(state: Incident, fact: Fact) -> Incident:
    if fact.event == "risk.incident_closed":
        return replace(state, closed=True)
    return replace(state, level=fact.fields["level"])


def _expect_open(state: Incident, incident_id: str) -> None:
    standing = "is closed" if state.closed else "was never reported"
    require(
        state.level > 0 and not state.closed,
        "illegal_step",
        f"incident {incident_id} {standing}",
        "incident_id",
        "Check the number; a closed incident is not opened again, report a new one.",
    )


def check_risk_source(command: RegisterRiskSource) -> None:
    require(
        len(command.substances) == len(command.quantities_t),
        "unequal_lengths",
        f"{len(command.substances)} substances and {len(command.quantities_t)} quantities",
        "quantities_t",
        "Give one quantity for each substance.",
    )


def _incident(decide: Decide) -> Decider:
    return Decider("incident", lambda c: c.incident_id, decide, evolve_incident, Incident())


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterRiskSource: place_register("risk.risk_source_registered", "risk_source", check=check_risk_source),
    RegisterReceptor: place_register("risk.receptor_registered", "receptor"),
    ReportIncident: _incident(report_incident),
    EscalateIncident: _incident(escalate_incident),
    CloseIncident: _incident(close_incident),
}
