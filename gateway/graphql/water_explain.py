"""Why a sampling of water was judged as it was: every statement, what became of it, and the limits it met."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info
from gateway.graphql.rows import objects
from gateway.moments import naive
from projections.past import Scope


@strawberry.type(description="A statement on a reading, and what became of it.")
class ExplainedStatement:
    factor: str
    value: float | None
    unit: str | None
    mark: str
    source: str
    recorded_at: datetime
    reviewed: bool
    used: bool
    reason: str | None = strawberry.field(
        description="Why it was not used: its mark or value, another statement, or that it is no item; else null."
    )


@strawberry.type(description="A limit of a class.")
class ExplainedLimit:
    class_: int = strawberry.field(name="class")
    printed_limit: str
    limit_id: str
    kept: bool


@strawberry.type(description="An item that was judged.")
class ExplainedItem:
    factor: str
    stated: float
    below_detection: bool
    compared: float = strawberry.field(description="What was compared: half the limit where below detection.")
    class_: int = strawberry.field(name="class")
    deciding: bool
    exceeded_by: float | None
    limits: list[ExplainedLimit]
    edition: str
    status: str = strawberry.field(description="How well the limit is known: verified, or from-knowledge.")


@strawberry.type(description="Why a sampling was judged as it was.")
class WaterExplanation:
    site_id: str
    period: str
    observed_at: datetime
    class_: int | None = strawberry.field(name="class")
    edition: str | None
    clause: str = strawberry.field(description="The rules by which it was judged.")
    rounding: str
    below_detection: str = strawberry.field(description="How values below detection count.")
    water_body_kind: str | None = strawberry.field(description="Which limits of total phosphorus apply.")
    target_class: int | None
    deciding_items: list[str]
    statements: list[ExplainedStatement]
    items: list[ExplainedItem]


_KEY = "r.site_id = $site AND r.period = $period AND r.observed_at = $at"

_VERDICT = """
SELECT a.class, a.edition, t.water_body_kind, t.target_class, coalesce(a.deciding_items, []) AS deciding_items
FROM base.site AS t
LEFT JOIN water.assessment AS a ON a.site_id = t.site_id AND a.period = $period AND a.observed_at = $at
WHERE t.site_id = $site
"""

_STATEMENTS = f"""
SELECT factor, value, unit, mark, source, recorded_at, reviewed, reason IS NULL AS used, reason FROM (
  SELECT r.*, CASE
    WHEN r.standing < max(r.standing) OVER (PARTITION BY r.factor)
      THEN 'a later or reviewed statement took its place'
    WHEN r.set_aside IS NOT NULL THEN r.set_aside
    WHEN b.site_id IS NOT NULL THEN 'invalidated by a review or a check'
    WHEN r.factor NOT IN (SELECT factor FROM standards.limit WHERE family = 'WATER_CLASS')
      THEN 'not one of the 21 items'
  END AS reason
  FROM base.reading AS r LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at) WHERE {_KEY})
ORDER BY factor, standing
"""

_ITEMS = f"""
SELECT l.factor, r.item.stated AS stated, r.item.below AS below_detection, r.item.counted / 1e6 AS compared,
  1 + count(*) FILTER (beyond(r.item.counted, l.at_least, l.at_most)) AS class,
  list_contains(any_value(a.deciding_items), l.factor) AS deciding,
  any_value(times_beyond(r.item.counted, l.at_most, l.has_multiple)) FILTER (l.level = '3') AS exceeded_by,
  list({{class: CAST(l.level AS TINYINT), printed_limit: l.printed_limit, limit_id: l.limit_id,
    kept: NOT beyond(r.item.counted, l.at_least, l.at_most)}} ORDER BY l.level) AS limits,
  any_value(l.standard) AS edition, any_value(l.status) AS status
FROM (SELECT site_id, period, observed_at, unnest(items) AS item FROM water.sampling) AS r
JOIN base.site AS t USING (site_id)
JOIN standards.limit AS l ON l.family = 'WATER_CLASS' AND l.factor = r.item.factor AND l.scope = t.water_body_kind
  AND in_force(local_day(r.observed_at), l.in_force_from, l.in_force_until)
JOIN water.assessment AS a ON a.site_id = r.site_id AND a.period = r.period AND a.observed_at = r.observed_at
WHERE {_KEY}
GROUP BY l.factor, r.item
ORDER BY class DESC, l.factor
"""

_CLAUSE = (
    "环办〔2011〕22号: single-factor class of the 21 items of GB 3838-2002 Table 1 without water temperature, "
    "total nitrogen and faecal coliforms; on equal limits the better class"
)
_ROUNDING = (
    "A sampling is compared as stated, in millionths; multiples have two decimals, halves to even (GB/T 8170)"
)
_BELOW = (
    "Half the detection limit counts (环办〔2011〕22号, from-knowledge); the statement is kept as below detection"
)


@strawberry.type
class WaterExplainQuery:
    @strawberry.field(
        description="Why a sampling of a section or lake was judged as it was; null of an unknown site."
    )
    def water_explain(
        self,
        info: Info,
        site_id: str,
        observed_at: datetime,
        period: str = "HOUR",
        as_of: datetime | None = None,
    ) -> WaterExplanation | None:
        at = naive(observed_at)
        params, scope = {"site": site_id, "period": period, "at": at}, Scope([site_id], at, at)
        verdict = info.context.frame(_VERDICT, params, as_of, scope).to_dicts()
        if not verdict:
            return None
        said = verdict[0]
        return WaterExplanation(
            site_id=site_id,
            period=period,
            observed_at=observed_at,
            class_=said["class"],
            edition=said["edition"],
            clause=_CLAUSE,
            rounding=_ROUNDING,
            below_detection=_BELOW,
            water_body_kind=said["water_body_kind"],
            target_class=said["target_class"],
            deciding_items=said["deciding_items"],
            statements=objects(ExplainedStatement, info.context.frame(_STATEMENTS, params, as_of, scope)),
            items=objects(ExplainedItem, info.context.frame(_ITEMS, params, as_of, scope)),
        )
