-- one row per alarm: a site that is silent, a reading that is stuck, a limit that is exceeded; from monitor.silence, monitor.stuck, air.hourly, water.assessment, base.observation, base.alarm_acknowledged, standards.alarm_level, standards.check
-- kind: view
-- key: alarm_id
-- raised_at of an alarm that is still to come (kind OFFLINE) lies ahead of the log: whoever asks compares it with the
-- time. cleared_at is when what raised it was over, null while it is not. A reading that is missing clears nothing.
WITH judged AS (
  SELECT h.site_id, h.observed_at, h.ends_at, h.level >= l.at_least AS exceeded, 'AQI level ' || h.level AS said
  FROM air.hourly AS h JOIN standards.alarm_level AS l ON l.measure = 'air_level'
  WHERE h.level IS NOT NULL
  UNION ALL
  SELECT w.site_id, w.observed_at, w.observed_at, w.class >= w.target_class + l.at_least,
    'class ' || w.class || ', target ' || w.target_class
  FROM water.assessment AS w JOIN standards.alarm_level AS l ON l.measure = 'water_class_beyond_target'
  WHERE w.target_class IS NOT NULL
),
exceedance AS (
  SELECT site_id, observed_at, ends_at, exceeded, said,
    coalesce(lag(exceeded) OVER site, FALSE) AS went_on,
    min(ends_at) FILTER (NOT exceeded) OVER (site ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS cleared_at
  FROM judged
  WINDOW site AS (PARTITION BY site_id ORDER BY observed_at)
),
heard AS (SELECT site_id, max(observed_at) AS last_at FROM base.observation WHERE period = 'HOUR' GROUP BY ALL),
raised AS (
  SELECT 'EXCEEDANCE' AS kind, site_id, '' AS factor, observed_at AS since, ends_at AS raised_at, cleared_at, said
  FROM exceedance WHERE exceeded AND NOT went_on
  UNION ALL
  SELECT 'OFFLINE', site_id, '', since, due_at, until, 'nothing stated'
  FROM monitor.silence
  UNION ALL
  SELECT 'STUCK', s.site_id, s.factor, s.since, s.since + to_hours(c.hours),
    CASE WHEN h.last_at >= s.until THEN s.until END, s.readings || ' readings of ' || s.value
  FROM monitor.stuck AS s
  JOIN standards.check AS c USING (check_id)
  LEFT JOIN heard AS h ON h.site_id = s.site_id
),
named AS (
  SELECT kind || '/' || site_id || '/' || factor || '/' || strftime(since, '%Y-%m-%dT%H:%M:%SZ') AS alarm_id,
    kind, site_id, nullif(factor, '') AS factor, since, raised_at, cleared_at, said
  FROM raised
),
acknowledged AS (
  FROM base.alarm_acknowledged QUALIFY row_number() OVER (PARTITION BY alarm_id ORDER BY sequence DESC) = 1
)
SELECT n.alarm_id, n.kind, n.site_id, n.factor, n.since, n.raised_at, n.cleared_at, n.said,
  a.source AS acknowledged_by, a.occurred_at AS acknowledged_at, a.action
FROM named AS n
LEFT JOIN acknowledged AS a USING (alarm_id)
