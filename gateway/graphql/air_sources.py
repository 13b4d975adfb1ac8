"""Fixed sources of air pollution: their monitors and exceedances, sources of dust, catering houses."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info, naive
from gateway.graphql.exceedance import SourceExceedance
from projections.past import Scope


@strawberry.type(description="A monitor that watches a source of air pollution; it is no ambient station.")
class SourceMonitor:
    site_id: str
    name_zh: str
    name_en: str
    watches: str = strawberry.field(description="DUST_SOURCE, CATERING or STACK.")
    source_id: str = strawberry.field(description="The dust source, catering house or enterprise.")
    source_name_zh: str | None
    source_name_en: str | None
    stack_no: str | None
    standard: str | None = strawberry.field(description="What limits a stack where no permit does.")
    scope: str | None
    level: str | None
    subdistrict_id: str | None
    exceedances: int = strawberry.field(description="Of all hours and factors.")
    last_exceeded_at: datetime | None = strawberry.field(description="Start of the last hour that exceeded.")
    source: str


@strawberry.type(description="A source of dust, with its last inspection of the six measures (六个百分百).")
class DustSource:
    site_id: str
    name_zh: str
    name_en: str
    dust_kind: str = strawberry.field(
        description="CONSTRUCTION, DEMOLITION, ROAD, STOCKPILE, MIXING_PLANT or OTHER."
    )
    responsible_body: str | None
    subdistrict_id: str | None
    starts_on: date | None
    ends_on: date | None
    area_m2: float | None = strawberry.field(description="Square metres.")
    video_urls: list[str] = strawberry.field(description="Where its cameras are looked at.")
    state: str = strawberry.field(description="ACTIVE or FINISHED.")
    finished_on: date | None
    inspected_at: datetime | None
    measures: list[str] | None = strawberry.field(description="Those met at the last inspection; null before one.")
    measures_met: int | None = strawberry.field(description="Of six; null before an inspection.")
    remark: str | None
    exceedances: int
    last_exceeded_at: datetime | None
    source: str


@strawberry.type(description="A catering house and its fume purifier.")
class Catering:
    site_id: str
    name_zh: str
    name_en: str
    size: str | None = strawberry.field(description="SMALL, MEDIUM or LARGE, as registered or by its stoves.")
    stoves: float | None
    operator: str | None
    subdistrict_id: str | None
    purifier: str | None = strawberry.field(description="Type of the purifier; null where it has none.")
    purifier_efficiency_percent: float | None
    required_efficiency_percent: float | None = strawberry.field(description="By GB 18483-2001 for its size.")
    efficient: bool | None = strawberry.field(description="Whether the purifier is as efficient as required.")
    stated_at: datetime | None = strawberry.field(description="When the state of fan and purifier was last stated.")
    fan_on: bool | None
    purifier_on: bool | None
    last_cleaned_on: date | None
    cleaning_due_on: date | None
    lapses: int = strawberry.field(description="Spans in which the fan ran and the purifier did not.")
    lapse_hours: float
    exceedances: int
    last_exceeded_at: datetime | None
    source: str


@strawberry.type(description="A span in which a catering house's fan ran and its purifier did not.")
class PurifierLapse:
    catering_id: str
    since: datetime
    until: datetime = strawberry.field(description="End of the span, as far as the state is known.")
    hours: float
    simulated: bool


@strawberry.type
class AirSourceQuery:
    @strawberry.field(description="Monitors of sources in order of their codes, of one kind of source where given.")
    def source_monitors(
        self, info: Info, watches: str | None = None, as_of: datetime | None = None
    ) -> list[SourceMonitor]:
        rest = "WHERE watches = coalesce($watches, watches) ORDER BY site_id"
        return info.context.rows(SourceMonitor, "air.source_monitor", rest, {"watches": watches}, as_of)

    @strawberry.field(description="Exceedances at sources in hours that start in [since, until), oldest first.")
    def source_exceedances(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        watches: str | None = None,
        source_id: str | None = None,
        site_id: str | None = None,
        as_of: datetime | None = None,
    ) -> list[SourceExceedance]:
        rest = (
            "WHERE observed_at >= $since AND observed_at < $until AND watches = coalesce($watches, watches)"
            " AND source_id = coalesce($source, source_id) AND site_id = coalesce($site, site_id)"
            " ORDER BY observed_at, site_id, factor"
        )
        between = naive(since), naive(until)
        params = {
            "since": between[0],
            "until": between[1],
            "watches": watches,
            "source": source_id,
            "site": site_id,
        }
        scope = Scope(None if site_id is None else [site_id], *between)
        return info.context.rows(SourceExceedance, "air.source_exceedance", rest, params, as_of, scope)

    @strawberry.field(
        description="Sources of dust in order of their codes, of one state (ACTIVE, FINISHED) if given."
    )
    def dust_sources(self, info: Info, state: str | None = None, as_of: datetime | None = None) -> list[DustSource]:
        rest = "WHERE state = coalesce($state, state) ORDER BY site_id"
        return info.context.rows(DustSource, "air.dust_source", rest, {"state": state}, as_of)

    @strawberry.field(
        description="Catering houses; with `cleaningOverdueOn` those whose cleaning was due before that day."
    )
    def caterings(
        self, info: Info, cleaning_overdue_on: date | None = None, as_of: datetime | None = None
    ) -> list[Catering]:
        rest = "WHERE $day IS NULL OR cleaning_due_on < CAST($day AS DATE) ORDER BY site_id"
        return info.context.rows(Catering, "air.catering", rest, {"day": cleaning_overdue_on}, as_of)

    @strawberry.field(description="Spans that overlap [since, until) in which fans ran without their purifiers.")
    def purifier_lapses(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        catering_id: str | None = None,
        as_of: datetime | None = None,
    ) -> list[PurifierLapse]:
        rest = (
            "WHERE until > $since AND since < $until"
            " AND catering_id = coalesce($catering, catering_id) ORDER BY since, catering_id"
        )
        params = {"since": naive(since), "until": naive(until), "catering": catering_id}
        return info.context.rows(PurifierLapse, "air.purifier_lapse", rest, params, as_of)
