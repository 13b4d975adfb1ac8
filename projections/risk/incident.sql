-- one row per environmental incident; from base.incident_reported, base.incident_escalated, base.incident_closed, standards.time_limit
-- key: incident_id
-- ask incidents(status?): ORDER BY reported_at DESC, incident_id
--   Incidents, the latest first, of one status where given.
-- level is the gravest so far: 1 particularly major to 4 general. report_due_at is when the report to the next
-- authority is due, counted anew, by the graver level, when it is escalated (突发环境事件信息报告办法 arts. 3 and 6).
WITH reported AS (
  FROM last(base.incident_reported)
),
escalated AS (
  SELECT incident_id, min(level) AS level, count(*) AS times, max(occurred_at) AS escalated_at
  FROM base.incident_escalated SEMI JOIN wanted USING (incident_id)
  GROUP BY ALL
),
closed AS (
  FROM last(base.incident_closed)
)
SELECT
  r.incident_id,  -- !
  s.status,  -- ! OPEN or CLOSED.
  TRY_CAST(coalesce(e.level, r.level) AS TINYINT) AS level,  -- The gravest so far: 1 particularly major to 4 general.
  TRY_CAST(r.level AS TINYINT) AS first_level,  -- The level that it had first.
  r.title_zh,  -- !
  r.title_en,  -- !
  r.lon,
  r.lat,
  r.site_id,
  r.substance,
  r.occurred_at AS reported_at,  -- ! When it was reported, UTC.
  n.report_due_at,  -- When the next authority must have been told.
  e.escalated_at,  -- When it was raised to a graver level last, UTC.
  CAST(coalesce(e.times, 0) AS INTEGER) AS times_escalated,  -- ! How often it was raised to a graver level.
  c.occurred_at AS closed_at,  -- When it was closed, UTC; null until then.
  c.conclusion,
  r.source,  -- !
  s.recorded_at
FROM reported AS r
JOIN life(incident) AS s USING (incident_id)
LEFT JOIN escalated AS e USING (incident_id)
LEFT JOIN closed AS c USING (incident_id)
LEFT JOIN due(incident, report) AS n USING (incident_id)
