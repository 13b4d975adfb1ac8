"""Why a figure of air quality is what it is: what was said, what was set aside, and how it was reckoned."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info, rows_as
from gateway.moments import naive
from projections.past import Scope


@strawberry.type(description="A statement on one pollutant, and what became of it.")
class ExplainedAirStatement:
    factor: str
    value: float | None
    unit: str | None
    mark: str
    source: str
    reviewed: bool
    recorded_at: datetime
    set_aside: str | None = strawberry.field(description="Why its value enters nothing; null where it may.")
    used: bool = strawberry.field(description="Whether it is the last word on its pollutant, and usable.")


@strawberry.type(description="How a pollutant's IAQI follows: interpolated between breakpoints and rounded up.")
class ExplainedAirItem:
    factor: str
    statistic: str
    averaging: str = strawberry.field(description="The column of breakpoints that it is judged by.")
    parts: int | None = strawberry.field(description="Of how many hours or windows; null for an hour itself.")
    needed: int | None = strawberry.field(description="How many are needed (GB 3095 Table 4).")
    concentration: float | None = strawberry.field(description="As compared: rounded, halves to even (GB/T 8170).")
    unit: str
    low: float | None = strawberry.field(description="Breakpoint below, and its IAQI.")
    low_iaqi: int | None
    high: float | None = strawberry.field(description="Breakpoint above; null above the top one.")
    high_iaqi: int | None
    iaqi: int | None
    clause: str


@strawberry.type(description="Why the AQI of an hour or day is what it is.")
class AirExplanation:
    site_id: str
    report: str = strawberry.field(description="hourly or daily.")
    edition: str | None = strawberry.field(description="The edition of HJ 633 in force on the local day.")
    edition_clause: str | None
    aqi: int | None
    level: int | None
    primary_pollutants: list[str]
    missing: list[str] = strawberry.field(description="Items without a valid value.")
    published_incomplete_above: int | None = strawberry.field(
        description="The edition publishes an AQI with items missing only above this; null: never."
    )
    items: list[ExplainedAirItem]
    statements: list[ExplainedAirStatement] = strawberry.field(description="For an hour: all there are, in order.")


_STATEMENTS = """
SELECT r.factor, r.value, r.unit, r.mark, r.source, r.reviewed, r.recorded_at,
  coalesce(r.set_aside, CASE WHEN b.site_id IS NOT NULL THEN 'invalidated by a review or a check' END) AS set_aside,
  r.set_aside IS NULL AND b.site_id IS NULL
    AND row_number() OVER (PARTITION BY r.factor ORDER BY r.standing DESC) = 1 AS used
FROM base.reading AS r
LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
WHERE r.site_id = $site AND r.observed_at = $at AND r.period = 'HOUR'
  AND r.factor IN (SELECT factor FROM standards.air_report_items)
ORDER BY r.factor, r.standing
"""

_HOUR = """
SELECT 'hour mean' AS statistic, f.factor, NULL AS parts, scale_step(
  CASE f.factor WHEN 'SO2' THEN so2_ug_m3 WHEN 'NO2' THEN no2_ug_m3 WHEN 'CO' THEN co_mg_m3 WHEN 'O3' THEN o3_ug_m3
    WHEN 'PM10' THEN pm10_ug_m3 WHEN 'PM2.5' THEN pm25_ug_m3 END, CAST(f.per_unit AS BIGINT)) AS step
FROM air.hourly, (FROM standards.factor SEMI JOIN standards.air_report_items USING (factor)) AS f
WHERE site_id = $site AND observed_at = $at
"""

_DAY = "SELECT statistic, factor, parts, step FROM air.daily_statistic WHERE site_id = $site AND day = $day"

_ITEMS = """
WITH said AS ({said}),
item AS (
  SELECT i.factor, i.statistic, i.averaging, s.parts, s.step, f.per_unit, f.unit, i.clause, i.edition, i.report,
    CASE i.statistic WHEN 'hour mean' THEN NULL WHEN 'day maximum of 8-hour means' THEN v.enough_windows
      ELSE v.enough_hours END AS needed
  FROM standards.air_report_items AS i
  JOIN standards.factor AS f USING (factor)
  LEFT JOIN said AS s USING (factor, statistic),
  standards.air_day_rule AS v
  WHERE i.edition = $edition AND i.report = $report
)
SELECT i.factor, i.statistic, i.averaging, i.parts, i.needed, i.step / i.per_unit AS concentration, i.unit,
  max(b.concentration) FILTER (b.concentration * i.per_unit <= i.step) AS low,
  max(b.iaqi) FILTER (b.concentration * i.per_unit <= i.step) AS low_iaqi,
  min(b.concentration) FILTER (b.concentration * i.per_unit > i.step) AS high,
  min(b.iaqi) FILTER (b.concentration * i.per_unit > i.step) AS high_iaqi,
  any_value(q.iaqi) AS iaqi, i.clause
FROM item AS i
LEFT JOIN standards.air_iaqi_breakpoints AS b
  ON b.edition = i.edition AND b.pollutant = i.factor AND b.averaging = i.averaging AND b.concentration IS NOT NULL
LEFT JOIN standards.air_iaqi AS q
  ON q.edition = i.edition AND q.report = i.report AND q.factor = i.factor AND q.statistic = i.statistic
    AND q.step = CASE WHEN i.step IS NOT NULL THEN least(i.step, highest_step()) END  -- least() passes over null
GROUP BY ALL ORDER BY i.factor, i.statistic
"""

_VERDICT = """
SELECT t.edition, e.clause AS edition_clause, t.aqi, t.level, t.primary_pollutants, e.incomplete_above_aqi
FROM {table} AS t LEFT JOIN standards.air_editions AS e USING (edition) WHERE t.site_id = $site AND {key}
"""


@strawberry.type
class AirExplainQuery:
    @strawberry.field(description="Why an hour's AQI is what it is; null where nothing was said of the hour.")
    def air_explain(
        self, info: Info, site_id: str, observed_at: datetime, as_of: datetime | None = None
    ) -> AirExplanation | None:
        at = naive(observed_at)
        params = {"site": site_id, "at": at}
        scope = Scope([site_id], at, at)
        verdict = _VERDICT.format(table="air.hourly", key="t.observed_at = $at")
        found = _explained(info, verdict, _HOUR, {**params, "report": "hourly"}, as_of, scope)
        if found:
            frame = info.context.frame(_STATEMENTS, params, as_of, scope)
            found.statements = rows_as(ExplainedAirStatement, frame)
        return found

    @strawberry.field(description="Why a local day's AQI is what it is; null where nothing was said of the day.")
    def air_day_explain(
        self, info: Info, site_id: str, day: date, as_of: datetime | None = None
    ) -> AirExplanation | None:
        start = datetime(day.year, day.month, day.day)  # noqa: DTZ001  as the tables have times
        params, scope = {"site": site_id, "day": day, "report": "daily"}, Scope([site_id], start, start)
        verdict = _VERDICT.format(table="air.daily", key="t.day = $day")
        return _explained(info, verdict, _DAY, params, as_of, scope)


def _explained(
    info: Info,
    verdict: str,
    said: str,
    params: dict[str, object],
    as_of: datetime | None,
    scope: Scope,
) -> AirExplanation | None:
    rows = rows_as(dict, info.context.frame(verdict, params, as_of, scope))
    if not rows:
        return None
    (judged,) = rows
    above = judged.pop("incomplete_above_aqi")
    given = {**params, "edition": judged["edition"]}
    items = rows_as(ExplainedAirItem, info.context.frame(_ITEMS.format(said=said), given, as_of, scope))
    return AirExplanation(
        site_id=str(params["site"]),
        report=str(params["report"]),
        **judged,
        missing=sorted({item.factor for item in items if item.concentration is None}),
        published_incomplete_above=above,
        items=items,
        statements=[],
    )
