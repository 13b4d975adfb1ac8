"""Enforcement: cases, and enterprises with their permits."""

import dataclasses
from datetime import date, datetime

import strawberry

from gateway.graphql.case_evidence import Evidence, evidence_of
from gateway.graphql.context import Info, columns_of, rows_as
from services.checks import local_day


@strawberry.type(description="An enforcement case; times UTC, due days local, sums in yuan.")
class Case:
    case_id: str
    status: str = strawberry.field(description="FILED, INVESTIGATED, NOTIFIED, DECIDED, FULFILLED or CLOSED.")
    enterprise_id: str
    inspection_id: str | None
    cause: str
    legal_basis: str
    conclusion: str | None
    intended_fine_yuan: float | None
    decision: str | None
    decision_no: str | None
    fine_yuan: float | None
    paid_yuan: float | None
    filed_at: datetime
    decided_at: datetime | None
    fulfilled_at: datetime | None
    closed_at: datetime | None
    closing_reason: str | None
    decision_due_on: date | None = strawberry.field(
        description="By the law in force on the day of filing; null where none is known here."
    )
    decided_late: bool | None = strawberry.field(description="Null while it is neither decided nor closed.")
    payment_due_on: date | None = strawberry.field(description="Null where nothing is to be paid.")
    paid_late: bool | None = strawberry.field(description="Null while nothing was paid.")
    source: str
    evidence_ids: list[str] = strawberry.field(description="Event ids of the observations that it cites.")
    known_at: strawberry.Private[datetime | None] = None

    @strawberry.field(description="Whether what is to be done next was due before today, or the day of `asOf`.")
    def overdue(self, info: Info) -> bool:
        today = local_day(self.known_at or info.context.platform.clock())
        waiting = ((self.decided_late, self.decision_due_on), (self.paid_late, self.payment_due_on))
        return any(late is None and due_on is not None and due_on < today for late, due_on in waiting)

    @strawberry.field(description="What it cites, and whether that still stands.")
    def evidence(self, info: Info) -> list[Evidence]:
        return evidence_of(info, self.case_id, self.evidence_ids, self.known_at)


@strawberry.type
class EnforcementQuery:
    @strawberry.field(description="Cases, the latest first, of one status or enterprise where given.")
    def cases(
        self, info: Info, status: str | None = None, enterprise_id: str | None = None, as_of: datetime | None = None
    ) -> list[Case]:
        sql = (
            f"SELECT {columns_of(Case)} FROM enforcement.case WHERE status = coalesce($status, status)"
            " AND enterprise_id = coalesce($enterprise_id, enterprise_id) ORDER BY filed_at DESC, case_id"
        )
        params = {"status": status, "enterprise_id": enterprise_id}
        found = rows_as(Case, info.context.frame(sql, params, as_of))
        return [dataclasses.replace(case, known_at=as_of) for case in found]
