"""Water: samplings assessed, months, quarters and years evaluated, trophic state, drinking-water sources."""

from datetime import date, datetime, timedelta

import strawberry

from gateway.graphql.context import Info, naive
from gateway.graphql.rows import objects, select_of
from gateway.graphql.water_scope import water_scope
from projections.past import Scope


@strawberry.type(description="An item that is worse than class Ⅲ.")
class Exceedance:
    factor: str
    class_: int = strawberry.field(name="class", description="Its own class, 4 to 6.")
    exceeded_by: float | None = strawberry.field(
        description="Multiple of class Ⅲ's limit that it exceeds it by; pH and dissolved oxygen have none."
    )


@strawberry.type(description="A sampling of a section or lake, judged by its worst item (GB 3838-2002).")
class WaterAssessment:
    site_id: str
    period: str
    observed_at: datetime = strawberry.field(description="Start of the period, UTC.")
    class_: int = strawberry.field(name="class", description="1 to 5, and 6 for worse than class Ⅴ.")
    deciding_items: list[str] = strawberry.field(description="Items of that class; none where it is class Ⅰ.")
    main_pollutants: list[str] = strawberry.field(
        description="At most three items worse than class Ⅲ, worst first."
    )
    exceedances: list[Exceedance]
    below_detection: list[str] = strawberry.field(description="Items stated as below detection: half counts.")
    items: int = strawberry.field(description="How many items were judged.")
    edition: str
    target_class: int | None
    meets_target: bool | None
    reviewed: bool = strawberry.field(description="Whether all values are final, reviewed ones; else provisional.")
    simulated: bool | None
    recorded_at: datetime


@strawberry.type(
    description="The mean of a factor over a month, quarter or year, and over the points of a lake or river."
)
class WaterMean:
    factor: str
    mean: float = strawberry.field(description="In the factor's unit, before it is rounded for comparison.")
    points: int
    samplings: int


@strawberry.type(
    description="A section, lake or river over a month, quarter or year, judged by its means (环办〔2011〕22号)."
)
class WaterEvaluation:
    subject_id: str
    kind: str = strawberry.field(description="section, lake or river.")
    span: str = strawberry.field(description="MONTH, QUARTER or YEAR.")
    starts_on: date
    class_: int | None = strawberry.field(name="class", description="1 to 6; null where no item was judged.")
    ranked: list[Exceedance] = strawberry.field(description="All items judged, the main pollutants first.")
    means: list[WaterMean]
    items: int
    points: int
    months: int = strawberry.field(description="Months that the mean is made of: of a year in principle twelve.")
    edition: str | None
    target_class: int | None
    meets_target: bool | None
    reviewed: bool = strawberry.field(description="Whether all values are final, reviewed ones; else provisional.")
    simulated: bool
    recorded_at: datetime


@strawberry.type(
    description="A river over a month, quarter or year: by its mean below five sections, else by their shares."
)
class RiverEvaluation:
    river_id: str
    span: str
    starts_on: date
    sections: int
    by_class: list[int] = strawberry.field(description="How many sections are of class 1 to 6.")
    good_share: float = strawberry.field(description="Percent of sections of class Ⅲ or better.")
    bad_share: float = strawberry.field(description="Percent of sections worse than class Ⅴ.")
    class_: int | None = strawberry.field(name="class", description="Of the mean, below five sections.")
    grade_zh: str | None
    grade_en: str | None
    main_pollutants: list[str]
    simulated: bool


@strawberry.type(description="An indicator of the plan on sections' classes: 3a, 3b, 4 or 5.")
class ClassShare:
    indicator_id: str
    span: str
    starts_on: date
    sections: int
    counted: int = strawberry.field(description="Sections whose class counts for the indicator.")
    share: float | None = strawberry.field(description="Percent, one decimal.")
    simulated: bool


@strawberry.type(description="The trophic index of one item.")
class TrophicItem:
    factor: str
    tli: float


@strawberry.type(description="A lake's trophic state by all five items (总站生字〔2001〕090号).")
class TrophicState:
    site_id: str
    span: str = strawberry.field(description="Period of the sampling, MONTH, QUARTER or YEAR.")
    starts_at: datetime
    tli: float
    class_: int = strawberry.field(name="class", description="1 oligotrophic to 5 severely eutrophic.")
    name_zh: str
    name_en: str
    items: list[TrophicItem]
    reviewed: bool = strawberry.field(description="Whether all values are final, reviewed ones; else provisional.")
    simulated: bool
    recorded_at: datetime


@strawberry.type(description="An item of a drinking-water source beyond its limit or near it.")
class SourceWarning:
    factor: str
    kind: str = strawberry.field(description="EXCEEDED, or APPROACHING from four fifths of the limit on.")
    stated: float
    printed_limit: str
    limit_table: str = strawberry.field(description="Which table of GB 3838-2002 the limit stands in.")
    status: str = strawberry.field(description="How well limit or ratio is known: verified, or from-knowledge.")
    exceeded_by: float | None


@strawberry.type(description="A sampling of a drinking-water source by GB 3838-2002 Tables 1 (class Ⅲ), 2 and 3.")
class SourceAssessment:
    site_id: str
    period: str
    observed_at: datetime
    meets_standard: bool
    items: int
    warnings: list[SourceWarning]
    edition: str
    reviewed: bool = strawberry.field(description="Whether all values are final, reviewed ones; else provisional.")
    simulated: bool
    recorded_at: datetime


@strawberry.type(
    description="Share of drinking-water sources all of whose samplings kept the standard (indicator 17)."
)
class SourceRate:
    span: str
    starts_on: date
    sources: int
    meeting: int
    share: float | None
    simulated: bool


_MEANS = (
    "list_transform(means, lambda m:"
    " {factor: m.factor, mean: m.mean / 1e6, points: m.points, samplings: m.samplings})"
)
_SPANS = " AND span = coalesce($span, span) AND starts_on BETWEEN $since AND $until ORDER BY starts_on, span"


_THEIR_SPANS = {"water.evaluation": "FROM water.evaluation WHERE starts_on BETWEEN $since AND $until"}
_THEIR_SAMPLINGS = {
    "water.sampling": "FROM water.sampling"
    " WHERE observed_at >= day_start($first) AND observed_at < day_start($last)"
}


_YEAR = timedelta(days=366)


@strawberry.type
class WaterQuery:
    @strawberry.field(description="Assessments of samplings that start in [since, until), oldest first.")
    def water_assessments(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        site_id: str | None = None,
        as_of: datetime | None = None,
    ) -> list[WaterAssessment]:
        rest = (
            "WHERE site_id = coalesce($site, site_id)"
            " AND observed_at >= $since AND observed_at < $until ORDER BY observed_at, site_id"
        )
        params = {"site": site_id, "since": naive(since), "until": naive(until)}
        scope = Scope([site_id] if site_id else None, naive(since), naive(until))
        return info.context.rows(WaterAssessment, "water.assessment", rest, params, as_of, scope)

    @strawberry.field(
        description="Evaluations of months, quarters and years that start in [since, until], oldest first."
    )
    def water_evaluations(
        self,
        info: Info,
        since: date,
        until: date,
        span: str | None = None,
        subject_id: str | None = None,
        as_of: datetime | None = None,
    ) -> list[WaterEvaluation]:
        sql = (
            f"SELECT {select_of(WaterEvaluation)} FROM (SELECT * REPLACE ({_MEANS} AS means)"
            f" FROM water.evaluation) WHERE subject_id = coalesce($subject, subject_id){_SPANS}, subject_id"
        )
        params = {"subject": subject_id, "span": span, "since": since, "until": until}
        scope = water_scope(info, since, until)
        return objects(WaterEvaluation, info.context.frame(sql, params, as_of, scope))

    @strawberry.field(description="Rivers over months, quarters and years that start in [since, until].")
    def river_evaluations(
        self, info: Info, since: date, until: date, span: str | None = None, as_of: datetime | None = None
    ) -> list[RiverEvaluation]:
        rest = f"WHERE true{_SPANS}, river_id"
        params = {"span": span, "since": since, "until": until}
        scope = water_scope(info, since, until)
        return info.context.rows(RiverEvaluation, "water.river", rest, params, as_of, scope, _THEIR_SPANS)

    @strawberry.field(
        description="Indicators 3, 4 and 5 over months, quarters and years that start in [since, until]."
    )
    def water_class_shares(
        self, info: Info, since: date, until: date, span: str | None = None, as_of: datetime | None = None
    ) -> list[ClassShare]:
        rest = f"WHERE true{_SPANS}, indicator_id"
        params = {"span": span, "since": since, "until": until}
        return info.context.rows(
            ClassShare, "water.class_share", rest, params, as_of, water_scope(info, since, until)
        )

    @strawberry.field(description="Trophic states of lakes that start in [since, until), oldest first.")
    def trophic_states(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        site_id: str | None = None,
        span: str | None = None,
        as_of: datetime | None = None,
    ) -> list[TrophicState]:
        rest = (
            "WHERE site_id = coalesce($site, site_id)"
            " AND span = coalesce($span, span) AND starts_at >= $since AND starts_at < $until"
            " ORDER BY starts_at, span, site_id"
        )
        params = {"site": site_id, "span": span, "since": naive(since), "until": naive(until)}
        scope = water_scope(info, since.date(), until.date())
        return info.context.rows(TrophicState, "water.trophic", rest, params, as_of, scope)

    @strawberry.field(description="Drinking-water sources: samplings that start in [since, until), oldest first.")
    def source_assessments(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        site_id: str | None = None,
        as_of: datetime | None = None,
    ) -> list[SourceAssessment]:
        rest = (
            "WHERE site_id = coalesce($site, site_id) AND observed_at >= $since AND observed_at < $until"
            " ORDER BY observed_at, site_id"
        )
        params = {"site": site_id, "since": naive(since), "until": naive(until)}
        scope = Scope([site_id] if site_id else None, naive(since), naive(until))
        return info.context.rows(SourceAssessment, "water.source_assessment", rest, params, as_of, scope)

    @strawberry.field(description="Indicator 17 over months, quarters and years that start in [since, until].")
    def source_rates(
        self, info: Info, since: date, until: date, span: str | None = None, as_of: datetime | None = None
    ) -> list[SourceRate]:
        rest = f"WHERE true{_SPANS}"
        within = {"first": since, "last": until + _YEAR}
        params = {"span": span, "since": since, "until": until, **within}
        scope = water_scope(info, since, until)
        return info.context.rows(SourceRate, "water.source_rate", rest, params, as_of, scope, _THEIR_SAMPLINGS)
