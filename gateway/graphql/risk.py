"""Risk: environmental incidents."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(description="An environmental incident, times UTC.")
class Incident:
    incident_id: str
    status: str = strawberry.field(description="OPEN or CLOSED.")
    level: int = strawberry.field(description="The gravest so far: 1 particularly major to 4 general.")
    first_level: int
    title_zh: str
    title_en: str
    lon: float | None
    lat: float | None
    site_id: str | None
    substance: str | None
    reported_at: datetime
    report_due_at: datetime | None = strawberry.field(description="When the next authority must have been told.")
    escalated_at: datetime | None
    times_escalated: int
    closed_at: datetime | None
    conclusion: str | None
    source: str


@strawberry.type
class RiskQuery:
    @strawberry.field(description="Incidents, the latest first, of one status where given.")
    def incidents(self, info: Info, status: str | None = None, as_of: datetime | None = None) -> list[Incident]:
        rest = "WHERE status = coalesce($status, status) ORDER BY reported_at DESC, incident_id"
        return info.context.rows(Incident, "risk.incident", rest, {"status": status}, as_of)
