"""Commands of the risk subsystem: its registers, and the life of an environmental incident.

An incident is reported with a level, may be escalated to graver ones, and is closed. Levels are those of the
national plan for environmental emergencies (国办函〔2014〕119号): 1 particularly major to 4 general.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.decider import Command, Decider, require
from services.life import Act, Standing, life
from services.plain import plain
from services.registers import PlaceCommand, place_register


@dataclass(frozen=True, kw_only=True)
class RegisterRiskSource(PlaceCommand):
    """Enter an environmental risk source in the register: quantities in tonnes, parallel to substances."""

    enterprise_id: str | None = None
    substances: Sequence[str] = ()
    quantities_t: Sequence[float] = ()
    risk_level: str | None = None


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


def check_report(command: ReportIncident, _standing: Standing, _now: datetime) -> None:
    require(
        1 <= command.level <= 4,
        "unknown_level",
        f"level {command.level} is none of 1 to 4",
        "level",
        "Use 1 particularly major, 2 major, 3 large or 4 general.",
    )


def check_escalation(command: EscalateIncident, standing: Standing, _now: datetime) -> None:
    level = {**standing.last("risk.incident_reported"), **standing.last("risk.incident_escalated")}["level"]
    require(
        1 <= command.level < level,
        "not_graver",
        f"level {command.level} is not graver than {level}, where the incident stands",
        "level",
        "An escalation goes to a smaller number: 1 is the gravest.",
    )


def check_risk_source(command: RegisterRiskSource) -> None:
    require(
        len(command.substances) == len(command.quantities_t),
        "unequal_lengths",
        f"{len(command.substances)} substances and {len(command.quantities_t)} quantities",
        "quantities_t",
        "Give one quantity for each substance.",
    )


RegisterReceptor = plain("RegisterReceptor", "risk.receptor_registered")

DECIDERS: Mapping[type[Command], Decider] = {
    RegisterRiskSource: place_register("risk.risk_source_registered", "risk_source", check=check_risk_source),
    **life(
        "incident",
        {
            ReportIncident: Act("risk.incident_reported", check_report),
            EscalateIncident: Act("risk.incident_escalated", check_escalation),
            CloseIncident: Act("risk.incident_closed"),
        },
    ),
}
