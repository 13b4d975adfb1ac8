-- one row per heavy-pollution warning; from base.warning_issued, base.warning_adjusted, base.warning_lifted
-- key: warning_id
-- level is the last one, first_level the one that it was issued with.
WITH issued AS (
  FROM base.warning_issued SEMI JOIN wanted USING (warning_id)
  QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY sequence DESC) = 1
),
adjusted AS (
  FROM base.warning_adjusted SEMI JOIN wanted USING (warning_id)
  QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY sequence DESC) = 1
),
lifted AS (
  FROM base.warning_lifted SEMI JOIN wanted USING (warning_id)
  QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY sequence DESC) = 1
)
SELECT
  i.warning_id,
  s.status,
  i.area_id,
  coalesce(a.level, i.level) AS level,
  i.level AS first_level,
  i.reason,
  a.reason AS adjusting_reason,
  l.reason AS lifting_reason,
  i.occurred_at AS issued_at,
  a.occurred_at AS adjusted_at,
  l.occurred_at AS lifted_at,
  i.source,
  s.recorded_at
FROM issued AS i
JOIN life(warning) AS s USING (warning_id)
LEFT JOIN adjusted AS a USING (warning_id)
LEFT JOIN lifted AS l USING (warning_id)
