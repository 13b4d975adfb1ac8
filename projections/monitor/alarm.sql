-- one row per alarm: a site that is silent, a reading that is stuck, a limit that is exceeded; from monitor.silence, monitor.stuck, monitor.exceedance, monitor.heard_year, base.alarm_acknowledged, standards.check
-- kind: view
-- key: alarm_id
-- ask alarms(site_id?): ORDER BY raised_at DESC, alarm_id
--   Alarms raised by the time `at`, the latest first; those that were over then or not, where given.
--   at TIMESTAMP: raised_at <= $at; Those raised by then.
--   cleared? BOOLEAN: (cleared_at IS NOT NULL AND cleared_at <= $at) = $cleared; Whether they were over by then.
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
SELECT
  n.alarm_id,  -- !
  n.kind,  -- ! OFFLINE, STUCK or EXCEEDANCE.
  n.site_id,  -- !
  n.factor,  -- Code of the factor, as in standards/factor.csv; null where it is about none.
  n.since,  -- ! When what it is about began.
  n.raised_at,  -- ! When it was raised, UTC; of a silence that is still to come, ahead.
  n.cleared_at,  -- When it was over; null while it is not.
  n.said,  -- ! What was found.
  a.source AS acknowledged_by,  -- Who acknowledged it; null until then.
  a.occurred_at AS acknowledged_at,  -- When it was acknowledged, UTC; null until then.
  a.action  -- What was done about it.
FROM named AS n
LEFT JOIN acknowledged AS a USING (alarm_id)
