-- one row per alarm: a site that is silent, a reading that is stuck, a limit that is exceeded; from monitor.silence, monitor.stuck, monitor.exceedance, monitor.heard_year, base.alarm_acknowledged, standards.check
-- kind: view
-- key: alarm_id
-- raised_at of an alarm that is still to come (kind OFFLINE) lies ahead of the log: whoever asks compares it with the
-- time. cleared_at is when what raised it was over, null while it is not. A reading that is missing clears nothing.
WITH heard AS (
  SELECT site_id, day_start(max(last_day)) + to_hours(last_hour(arg_max(last_hours, year))) AS last_at
  FROM monitor.heard_year GROUP BY site_id
),
raised AS (
  SELECT 'EXCEEDANCE' AS kind, site_id, '' AS factor, since, raised_at, cleared_at, said
  FROM monitor.exceedance
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
