"""Water: samplings assessed, months, quarters and years evaluated, trophic state, drinking-water sources."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info
from gateway.graphql.reach import water_scope
from gateway.graphql.rows import objects, select_of


@strawberry.type(description="An item that is worse than class Ⅲ.")
class Exceedance:
    factor: str
    class_: int = strawberry.field(name="class", description="Its own class, 4 to 6.")
    exceeded_by: float | None = strawberry.field(
        description="Multiple of class Ⅲ's limit that it exceeds it by; pH and dissolved oxygen have none."
    )
    limit_id: str | None


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


_MEANS = (
    "list_transform(means, lambda m:"
    " {factor: m.factor, mean: m.mean / 1e6, points: m.points, samplings: m.samplings})"
)
_SPANS = " AND span = coalesce($span, span) AND starts_on BETWEEN $since AND $until ORDER BY starts_on, span"


@strawberry.type
class WaterQuery:
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
