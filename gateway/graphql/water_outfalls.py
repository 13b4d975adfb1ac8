"""Outfalls with their four tasks and results, and the alarms of the water subsystem."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info, naive
from gateway.graphql.water_scope import water_scope
from projections.past import Scope


@strawberry.type(description="How far one of the four tasks on an outfall has come.")
class OutfallTask:
    task: str = strawberry.field(description="SCREENING 排查, MONITORING 监测, TRACING 溯源 or REMEDY 整治.")
    state: str = strawberry.field(description="PLANNED, UNDER_WAY or DONE.")
    due_on: date | None
    reported_at: datetime


@strawberry.type(description="An outfall into a river or lake; a task that was never reported has no state.")
class Outfall:
    site_id: str
    name_zh: str
    name_en: str
    code: str | None = strawberry.field(description="National code, where it has been given one.")
    category: str | None
    water_body_id: str
    responsible_body: str | None = strawberry.field(description="As tracing found last, else as registered.")
    sign_erected_on: date | None
    automatic_monitor: bool
    discharge_standard: str | None
    discharge_scope: str | None
    discharge_level: str | None
    screening: str | None
    monitoring: str | None
    tracing: str | None
    remedy: str | None
    tasks_done: int
    tasks: list[OutfallTask]
    next_due_on: date | None
    traced_to: list[str] = strawberry.field(description="Codes of the sites that its water comes from.")
    measure: str | None = strawberry.field(description="BAN 取缔, MERGE 合并 or STANDARDISE 规范.")
    source: str


@strawberry.type(description="How many outfalls have come how far with a task.")
class OutfallProgress:
    task: str
    outfalls: int
    not_begun: int
    planned: int
    under_way: int
    done: int
    share_done: float | None = strawberry.field(description="Percent, one decimal.")
    simulated: int = strawberry.field(description="How many of the outfalls are a simulator's.")


@strawberry.type(description="A factor of an outfall's sampling beside its discharge limit.")
class DischargeItem:
    factor: str
    stated: float
    below: bool = strawberry.field(description="Whether it was stated as below detection; half of it counts.")
    printed_limit: str
    clause: str
    status: str = strawberry.field(description="How well the limit is known: verified, or from-knowledge.")
    over_limit: bool
    judges: bool = strawberry.field(description="False where the limit holds for daily means and this is none.")
    exceeded_by: float | None = strawberry.field(description="Multiple of the limit that it exceeds it by.")


@strawberry.type(description="A sampling of an outfall, compared with the limits that its register entry names.")
class OutfallResult:
    site_id: str
    period: str
    observed_at: datetime
    exceeds: bool
    items: list[DischargeItem]
    edition: str
    reviewed: bool = strawberry.field(description="Whether all values are final, reviewed ones; else provisional.")
    simulated: bool
    recorded_at: datetime


@strawberry.type(description="An alarm of the water subsystem, and what people decided on it.")
class WaterAlarm:
    alarm_id: str
    kind: str = strawberry.field(description="TROPHIC, SOURCE, OUTFALL or TARGET.")
    site_id: str
    period: str
    observed_at: datetime
    level: str = strawberry.field(description="CLASS_ROSE, APPROACHING, EXCEEDED or WORSE_THAN_TARGET.")
    about: list[str] = strawberry.field(description="Factors, or the trophic class that was reached.")
    simulated: bool
    decision: str | None = strawberry.field(description="CONFIRMED, DISMISSED or RESOLVED; null until decided.")
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None


_THEIR_STATES = {
    "water.trophic": "FROM water.trophic WHERE starts_at >= $since AND starts_at < $until"
    " UNION ALL FROM water.trophic SEMI JOIN (SELECT site_id, span, max(starts_at) AS starts_at FROM water.trophic"
    " WHERE starts_at < $since GROUP BY site_id, span) USING (site_id, span, starts_at)"
}
"""What tells whether a lake's trophic class rose from $since on: the states, and the last of each length before."""


@strawberry.type
class OutfallQuery:
    @strawberry.field(
        description="Outfalls in order of their codes; with `overdueOn` those with a task due before that day."
    )
    def outfalls(
        self,
        info: Info,
        site_id: str | None = None,
        water_body_id: str | None = None,
        overdue_on: date | None = None,
        as_of: datetime | None = None,
    ) -> list[Outfall]:
        rest = (
            "WHERE site_id = coalesce($site, site_id)"
            " AND water_body_id = coalesce($body, water_body_id)"
            " AND ($day IS NULL OR next_due_on < CAST($day AS DATE)) ORDER BY site_id"
        )
        params = {"site": site_id, "body": water_body_id, "day": overdue_on}
        return info.context.rows(Outfall, "water.outfall", rest, params, as_of)

    @strawberry.field(description="The four tasks over all outfalls.")
    def outfall_progress(self, info: Info, as_of: datetime | None = None) -> list[OutfallProgress]:
        rest = "ORDER BY list_position(['SCREENING', 'MONITORING', 'TRACING', 'REMEDY'], task)"
        return info.context.rows(OutfallProgress, "water.outfall_progress", rest, {}, as_of)

    @strawberry.field(description="Outfalls' samplings that start in [since, until), all or those that exceed.")
    def outfall_results(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        site_id: str | None = None,
        exceeding: bool = False,
        as_of: datetime | None = None,
    ) -> list[OutfallResult]:
        rest = (
            "WHERE site_id = coalesce($site, site_id)"
            " AND observed_at >= $since AND observed_at < $until AND exceeds >= $exceeding"
            " ORDER BY observed_at, site_id"
        )
        params = {"site": site_id, "since": naive(since), "until": naive(until), "exceeding": exceeding}
        scope = Scope([site_id] if site_id else None, naive(since), naive(until))
        return info.context.rows(OutfallResult, "water.outfall_result", rest, params, as_of, scope)

    @strawberry.field(
        description="Alarms on times in [since, until), the latest first; decided or not, where asked."
    )
    def water_alarms(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        kind: str | None = None,
        decided: bool | None = None,
        as_of: datetime | None = None,
    ) -> list[WaterAlarm]:
        rest = (
            "WHERE kind = coalesce($kind, kind)"
            " AND observed_at >= $since AND observed_at < $until"
            " AND (decision IS NOT NULL) = coalesce($decided, decision IS NOT NULL)"
            " ORDER BY observed_at DESC, alarm_id"
        )
        params = {"kind": kind, "since": naive(since), "until": naive(until), "decided": decided}
        scope = water_scope(info, None, until.date())  # whether a class rose depends on the sampling before
        return info.context.rows(WaterAlarm, "water.alarm", rest, params, as_of, scope, _THEIR_STATES)
