-- one row per environmental incident; from base.incident_reported, base.incident_escalated, base.incident_closed, standards.risk_incident_levels
-- key: incident_id
-- level is the gravest so far: 1 particularly major to 4 general. report_due_at is when the first report to the
-- next authority is due by the level at first report (突发环境事件信息报告办法 art. 3).
WITH reported AS (
  FROM base.incident_reported SEMI JOIN wanted USING (incident_id)
  QUALIFY row_number() OVER (PARTITION BY incident_id ORDER BY sequence DESC) = 1
),
escalated AS (
  SELECT incident_id, min(level) AS level, count(*) AS times, max(occurred_at) AS escalated_at,
    max(recorded_at) AS recorded_at
  FROM base.incident_escalated SEMI JOIN wanted USING (incident_id)
  GROUP BY ALL
),
closed AS (
  FROM base.incident_closed SEMI JOIN wanted USING (incident_id)
  QUALIFY row_number() OVER (PARTITION BY incident_id ORDER BY sequence DESC) = 1
)
SELECT
  r.incident_id,
  CASE WHEN c.incident_id IS NULL THEN 'OPEN' ELSE 'CLOSED' END AS status,
  TRY_CAST(coalesce(e.level, r.level) AS TINYINT) AS level,
  TRY_CAST(r.level AS TINYINT) AS first_level,
  r.title_zh,
  r.title_en,
  r.lon,
  r.lat,
  r.site_id,
  r.substance,
  r.occurred_at AS reported_at,
  r.occurred_at + to_hours(CAST(n.report_within_hours AS BIGINT)) AS report_due_at,
  e.escalated_at,
  CAST(coalesce(e.times, 0) AS INTEGER) AS times_escalated,
  c.occurred_at AS closed_at,
  c.conclusion,
  r.source,
  greatest(r.recorded_at, e.recorded_at, c.recorded_at) AS recorded_at
FROM reported AS r
LEFT JOIN escalated AS e USING (incident_id)
LEFT JOIN closed AS c USING (incident_id)
LEFT JOIN standards.risk_incident_levels AS n ON n.level = r.level
