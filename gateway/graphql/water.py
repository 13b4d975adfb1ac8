"""Water: assessments of sections and lakes."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info, columns_of, naive, rows_as
from projections.past import Scope


@strawberry.type(description="An item that is worse than class Ⅲ.")
class Exceedance:
    factor: str
    class_: int = strawberry.field(name="class", description="Its own class, 4 to 6.")
    exceeded_by: float | None = strawberry.field(description="Multiple of class Ⅲ's limit that it exceeds it by.")


@strawberry.type(description="A sampling of a section or lake, judged by its worst item (GB 3838-2002).")
class WaterAssessment:
    site_id: str
    period: str
    observed_at: datetime = strawberry.field(description="Start of the period, UTC.")
    class_: int = strawberry.field(name="class", description="1 to 5, and 6 for worse than class Ⅴ.")
    deciding_items: list[str] = strawberry.field(description="Items of that class; none where it is class Ⅰ.")
    exceedances: list[Exceedance]
    items: int = strawberry.field(description="How many items were judged.")
    edition: str
    target_class: int | None
    meets_target: bool | None
    simulated: bool | None
    recorded_at: datetime


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
        names = columns_of(WaterAssessment).replace('"class_"', '"class" AS class_')
        sql = (
            f"SELECT {names} FROM water.assessment WHERE site_id = coalesce($site, site_id)"
            " AND observed_at >= $since AND observed_at < $until ORDER BY observed_at, site_id"
        )
        params = {"site": site_id, "since": naive(since), "until": naive(until)}
        scope = Scope([site_id] if site_id else None, naive(since), naive(until))
        frame = info.context.frame(sql, params, as_of, ["water.assessment"], scope)
        return [_assessment(row) for row in rows_as(dict, frame)]


def _assessment(row: dict[str, object]) -> WaterAssessment:
    exceedances = [
        Exceedance(factor=x["factor"], class_=x["class"], exceeded_by=x["exceeded_by"])
        for x in row.pop("exceedances")  # type: ignore[attr-defined]
    ]
    return WaterAssessment(exceedances=exceedances, **row)  # type: ignore[arg-type]
