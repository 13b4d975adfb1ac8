-- one row per bypass of a waste-gas system; from base.bypass_registered, base.bypass_inspected, base.bypass_opened, base.bypass_closed, base.bypass_removed, air.bypass_opening
-- kind: view
-- key: bypass_id
-- ask bypasses(enterprise_id?, state?): ORDER BY bypass_id
--   Bypasses of waste-gas systems in order of their codes, of one state where given.
-- state is CLOSED, OPEN or REMOVED. seal_no is what was put on last. seal_agrees: whether the last inspection found the
-- seal that was on then, and intact; null where it was never inspected.
WITH entry AS (
  FROM last(base.bypass_registered)
),
step AS (
  SELECT bypass_id, 'OPEN' AS state, sequence FROM base.bypass_opened
  UNION ALL
  SELECT bypass_id, 'CLOSED', sequence FROM base.bypass_closed
  UNION ALL
  SELECT bypass_id, 'REMOVED', sequence FROM base.bypass_removed
),
standing AS (
  FROM step QUALIFY row_number() OVER (PARTITION BY bypass_id ORDER BY sequence DESC) = 1
),
sealed AS (
  SELECT bypass_id, seal_no, sequence FROM base.bypass_registered
  UNION ALL
  SELECT bypass_id, seal_no, sequence FROM base.bypass_closed
),
last_seal AS (
  FROM sealed QUALIFY row_number() OVER (PARTITION BY bypass_id ORDER BY sequence DESC) = 1
),
inspected AS (
  SELECT i.bypass_id, i.inspected_on, i.found, i.problem,
    i.seal_no IS NOT DISTINCT FROM s.seal_no AND coalesce(i.seal_intact, s.seal_no IS NULL) AS seal_agrees
  FROM base.bypass_inspected AS i
  ASOF LEFT JOIN sealed AS s ON s.bypass_id = i.bypass_id AND i.sequence > s.sequence
  QUALIFY row_number() OVER (PARTITION BY i.bypass_id ORDER BY i.sequence DESC) = 1
),
opened AS (
  SELECT bypass_id, CAST(count(*) AS INTEGER) AS openings, max(opened_at) AS last_opened_at,
    CAST(count(*) FILTER (reported_at IS NULL) AS INTEGER) AS unreported_openings
  FROM air.bypass_opening
  GROUP BY bypass_id
)
SELECT
  e.bypass_id,  -- !
  e.enterprise_id,  -- !
  e.place,  -- !
  e.kept_for,  -- ! Why it is kept.
  CASE WHEN s.state = 'REMOVED' AND e.sequence > s.sequence THEN 'CLOSED' ELSE coalesce(s.state, 'CLOSED') END AS state,  -- ! CLOSED, OPEN or REMOVED.
  l.seal_no,  -- Number of the lead seal that was put on last.
  e.flow_monitored,  -- !
  e.valve_monitored,  -- !
  i.inspected_on,
  i.found,
  i.problem,
  i.seal_agrees,  -- Whether the last inspection found the seal that was on then, and intact.
  coalesce(o.openings, 0) AS openings,  -- ! How many times it was opened.
  coalesce(o.unreported_openings, 0) AS unreported_openings,  -- ! Openings that nobody reported.
  o.last_opened_at,  -- When it was opened last, UTC.
  e.source,  -- !
  e.recorded_at
FROM entry AS e
LEFT JOIN standing AS s USING (bypass_id)
LEFT JOIN last_seal AS l USING (bypass_id)
LEFT JOIN inspected AS i USING (bypass_id)
LEFT JOIN opened AS o USING (bypass_id)
