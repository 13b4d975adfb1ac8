"""Odours: the list of enterprises that smell, complaints, and measurements beside their limits."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info
from gateway.graphql.rows import objects, select_of

_MOST_DAYS = 3660


@strawberry.type(description="An enterprise that is or was on the list of those with odours (臭气异味企业清单).")
class OdourEnterprise:
    enterprise_id: str
    name_zh: str | None
    name_en: str | None
    state: str = strawberry.field(description="LISTED or DELISTED.")
    substances: list[str]
    sources: list[str] = strawberry.field(description="Where the smell comes from.")
    reason: str
    listed_on: date
    delisted_on: date | None
    delisted_because: str | None
    boundary_class: str | None = strawberry.field(description="Class of GB 14554-93 at its boundary.")
    existing: bool = strawberry.field(description="Whether the limits of existing works hold.")
    measured_at: datetime | None = strawberry.field(description="When its odour was measured last.")
    odour_concentration: float | None = strawberry.field(description="As measured last; without dimension.")
    below_detection: bool | None
    odour_limit: float | None
    clause: str | None
    limit_status: str | None = strawberry.field(description="How well the limit is known.")
    exceeds: bool | None = strawberry.field(description="Whether the last measurement is above the limit.")
    complaints: int = strawberry.field(description="Complaints that suspect it, in the days asked for.")
    source: str


@strawberry.type
class AirOdourQuery:
    @strawberry.field(
        description="Enterprises with odours; with `day`, the complaints of the `days` before it are counted."
    )
    def odour_enterprises(
        self,
        info: Info,
        enterprise_id: str | None = None,
        state: str | None = None,
        day: date | None = None,
        days: int = 30,
        as_of: datetime | None = None,
    ) -> list[OdourEnterprise]:
        sql = (
            "WITH counted AS (SELECT enterprise_id, CAST(count(*) AS INTEGER) AS complaints"
            " FROM air.odour_complaint"
            " WHERE $day IS NULL OR day >= CAST($day AS DATE) - CAST($days AS INTEGER) AND day < CAST($day AS DATE)"
            " GROUP BY enterprise_id), listed AS (SELECT e.*, coalesce(c.complaints, 0) AS complaints"
            " FROM air.odour_enterprise AS e LEFT JOIN counted AS c USING (enterprise_id))"
            f" SELECT {select_of(OdourEnterprise)} FROM listed"
            " WHERE enterprise_id = coalesce($enterprise_id, enterprise_id) AND state = coalesce($state, state)"
            " ORDER BY enterprise_id"
        )
        back = min(max(days, 0), _MOST_DAYS)
        params = {"enterprise_id": enterprise_id, "state": state, "day": day, "days": back}
        return objects(OdourEnterprise, info.context.frame(sql, params, as_of))
