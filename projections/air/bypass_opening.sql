-- one row per opening of a bypass, counted from 1; from base.bypass_opened, base.bypass_closed, base.bypass_opening_reported, base.bypass_registered
-- kind: view
-- key: bypass_id, opening
-- ask bypass_openings(enterprise_id?, bypass_id?): ORDER BY opened_at DESC, bypass_id, opening
--   Openings of bypasses, the latest first; with `reported: false` those nobody reported.
--   reported? BOOLEAN: (reported_at IS NOT NULL) = $reported; Whether the bureau was told of it.
-- duration_h is null while it is open. reported_at is when the bureau was told first, null where it was not told.
WITH step AS (
  SELECT bypass_id, true AS opens, opened_at AS moment, reason, reported_at, source, recorded_at, sequence
  FROM base.bypass_opened
  UNION ALL
  SELECT bypass_id, false, closed_at, NULL, NULL, source, recorded_at, sequence FROM base.bypass_closed
),
numbered AS (
  SELECT *, CAST(count(*) FILTER (opens) OVER (
    PARTITION BY bypass_id ORDER BY sequence ROWS UNBOUNDED PRECEDING) AS INTEGER) AS opening
  FROM step
),
opening AS (
  SELECT bypass_id, opening,
    min(moment) FILTER (opens) AS opened_at,
    min(moment) FILTER (NOT opens) AS closed_at,
    any_value(reason) AS reason,
    any_value(reported_at) AS reported_at,
    any_value(source) FILTER (opens) AS source,
    max(recorded_at) AS recorded_at
  FROM numbered
  WHERE opening > 0
  GROUP BY bypass_id, opening
),
report AS (
  SELECT bypass_id, opening, min(reported_at) AS reported_at FROM base.bypass_opening_reported GROUP BY ALL
),
bypass AS (
  FROM last(base.bypass_registered)
)
SELECT
  o.bypass_id,  -- !
  o.opening,  -- ! Its number, counted from 1.
  b.enterprise_id,
  b.place,
  o.reason,  -- !
  o.opened_at,  -- !
  o.closed_at,
  CASE WHEN o.closed_at >= o.opened_at THEN date_diff('second', o.opened_at, o.closed_at) / 3600 END AS duration_h,  -- Hours; null while it is open.
  least(o.reported_at, r.reported_at) AS reported_at,  -- When the bureau was told; null where it was not.
  o.source,  -- !
  o.recorded_at
FROM opening AS o
LEFT JOIN report AS r ON r.bypass_id = o.bypass_id AND r.opening = o.opening
LEFT JOIN bypass AS b ON b.bypass_id = o.bypass_id
