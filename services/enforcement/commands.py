"""Commands of the enforcement subsystem: enterprises, permits, inspections, and the life of a case.

A case is filed, investigated, notified to the party, decided, fulfilled where there is a fine, and closed
(生态环境行政处罚办法). It may be closed from any step on with the reason said, as when it is withdrawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.checks import expect_quantities
from services.decider import Command, Decide, Decider, Fact, latest, require, restated, stated
from services.life import Act, Standing, life
from services.plain import plain


@dataclass(frozen=True, kw_only=True)
class GrantPermit(Command):
    """Grant or renew a discharge permit: limits in each factor's unit, parallel to factors; local days."""

    permit_no: str
    enterprise_id: str
    management: str
    valid_from: date
    valid_until: date
    factors: Sequence[str] = ()
    limits: Sequence[float] = ()


@dataclass(frozen=True, kw_only=True)
class RecordInspection(Command):
    """Record an inspection of an enterprise by two officers at the least."""

    inspection_id: str
    enterprise_id: str
    inspectors: Sequence[str]
    findings: str
    violation: bool


@dataclass(frozen=True, kw_only=True)
class FileCase(Command):
    """File a case for investigation; `evidence_ids` are the event ids of observations that it cites."""

    case_id: str
    enterprise_id: str
    cause: str
    legal_basis: str
    inspection_id: str | None = None
    evidence_ids: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class InvestigateCase(Command):
    """Conclude the investigation of a case."""

    case_id: str
    conclusion: str


@dataclass(frozen=True, kw_only=True)
class NotifyCase(Command):
    """Tell the party of the intended decision: fine in yuan."""

    case_id: str
    intended_fine_yuan: float


@dataclass(frozen=True, kw_only=True)
class DecideCase(Command):
    """Decide a case: PENALTY, NO_PENALTY or TRANSFERRED; fine in yuan."""

    case_id: str
    decision: str
    decision_no: str
    fine_yuan: float = 0.0


@dataclass(frozen=True, kw_only=True)
class FulfilCase(Command):
    """Record that the party fulfilled the decision: sum paid in yuan."""

    case_id: str
    paid_yuan: float


@dataclass(frozen=True, kw_only=True)
class CloseCase(Command):
    """Close a case."""

    case_id: str
    reason: str


def grant_permit(command: GrantPermit, entry: Fact | None, _now: datetime) -> Sequence[Fact]:
    require(
        command.valid_from < command.valid_until,
        "empty_period",
        f"the permit is valid from {command.valid_from} until {command.valid_until}",
        "valid_until",
        "Give a last day after the first.",
    )
    require(
        len(command.factors) == len(command.limits),
        "unequal_lengths",
        f"{len(command.factors)} factors and {len(command.limits)} limits",
        "limits",
        "Give one limit for each factor.",
    )
    return restated(stated("enforcement.permit_granted", command), entry)


def record_inspection(command: RecordInspection, entry: Fact | None, _now: datetime) -> Sequence[Fact]:
    require(
        len(set(command.inspectors)) >= 2,
        "too_few_inspectors",
        f"{len(set(command.inspectors))} officer inspected",
        "inspectors",
        "An inspection needs two officers at the least (行政处罚法 art. 42).",
    )
    return restated(stated("enforcement.inspection_recorded", command), entry)


def check_notice(command: NotifyCase, _standing: Standing, _now: datetime) -> None:
    expect_quantities(command, "intended_fine_yuan")


def check_decision(command: DecideCase, _standing: Standing, _now: datetime) -> None:
    expect_quantities(command, "fine_yuan")
    require(
        (command.fine_yuan > 0) == (command.decision == "PENALTY"),
        "impossible_fine",
        f"a fine of {command.fine_yuan} yuan with the decision {command.decision}",
        "fine_yuan",
        "A penalty has a fine above 0, and nothing else has one.",
    )


def check_fulfilment(command: FulfilCase, standing: Standing, _now: datetime) -> None:
    expect_quantities(command, "paid_yuan")
    require(
        standing.last("enforcement.case_decided")["fine_yuan"] > 0,
        "nothing_due",
        f"case {command.case_id} was decided without a fine",
        "case_id",
        "Close it: there is nothing to pay.",
    )


def check_closing(command: CloseCase, standing: Standing, _now: datetime) -> None:
    fine = standing.last("enforcement.case_decided").get("fine_yuan", 0)
    require(
        standing.status != "DECIDED" or fine == 0,
        "fine_unpaid",
        f"case {command.case_id} has a fine of {fine} yuan that is not paid",
        "case_id",
        "Record the payment first.",
    )


def _of_enterprise(aggregate: str, identity: str, decide: Decide) -> Decider:
    return Decider(
        aggregate,
        lambda c: getattr(c, identity),
        decide,
        latest,
        refers=lambda c: [("enterprise", c.enterprise_id, "enterprise_id")],
    )


def _refers_of_case(command: FileCase) -> Sequence[tuple[str, str, str]]:
    enterprise = ("enterprise", command.enterprise_id, "enterprise_id")
    inspection = ("inspection", command.inspection_id or "", "inspection_id")
    evidence = [("observation", cited, "evidence_ids") for cited in command.evidence_ids]
    return [enterprise, *([inspection] if command.inspection_id else []), *evidence]


RegisterEnterprise = plain("RegisterEnterprise", "enforcement.enterprise_registered")

DECIDERS: Mapping[type[Command], Decider] = {
    GrantPermit: _of_enterprise("permit", "permit_no", grant_permit),
    RecordInspection: _of_enterprise("inspection", "inspection_id", record_inspection),
    **life(
        "case",
        {
            FileCase: Act("enforcement.case_filed", refers=_refers_of_case),
            InvestigateCase: Act("enforcement.case_investigated"),
            NotifyCase: Act("enforcement.case_notified", check_notice),
            DecideCase: Act("enforcement.case_decided", check_decision),
            FulfilCase: Act("enforcement.case_fulfilled", check_fulfilment),
            CloseCase: Act("enforcement.case_closed", check_closing),
        },
    ),
}
