-- one row per heavy-pollution warning; from base.warning_issued, base.warning_adjusted, base.warning_lifted
-- key: warning_id
-- ask air_warnings(status?): ORDER BY issued_at DESC, warning_id
--   Warnings, the latest first, of one status where given.
-- level is the last one, first_level the one that it was issued with.
WITH issued AS (
  FROM last(base.warning_issued)
),
adjusted AS (
  FROM last(base.warning_adjusted)
),
lifted AS (
  FROM last(base.warning_lifted)
)
SELECT
  i.warning_id,  -- !
  s.status,  -- ! IN_FORCE or LIFTED.
  i.area_id,  -- !
  coalesce(a.level, i.level) AS level,  -- ! The last level: YELLOW, ORANGE or RED.
  i.level AS first_level,  -- ! The level that it had first.
  i.reason,  -- !
  a.reason AS adjusting_reason,  -- Why its level was adjusted last.
  l.reason AS lifting_reason,  -- Why it was lifted; null while it is in force.
  i.occurred_at AS issued_at,  -- ! When it was issued, UTC.
  a.occurred_at AS adjusted_at,  -- When its level was adjusted last, UTC; null where it never was.
  l.occurred_at AS lifted_at,  -- When it was lifted, UTC; null while it is in force.
  i.source,  -- !
  s.recorded_at
FROM issued AS i
JOIN life(warning) AS s USING (warning_id)
LEFT JOIN adjusted AS a USING (warning_id)
LEFT JOIN lifted AS l USING (warning_id)
