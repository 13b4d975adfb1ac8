-- one row per span behind a statement in which a site stated nothing for long, or has stated nothing since; from monitor.heard, base.site, standards.expected_period
-- kind: view
-- key: site_id, since
-- due_at is when it counts as offline, if nothing is heard before; until is null while nothing is. No row says that a
-- site is offline now: whoever asks compares due_at with the time.
WITH day AS (
  SELECT site_id, day, hours, hours // (hours & -hours) AS from_first, first_hour(hours) AS first, last_hour(hours) AS last
  FROM monitor.heard
),
holed AS (  -- days of which some hour is missing between two that were stated
  SELECT site_id, day, list_filter(range(24), lambda h: (hours >> CAST(h AS INTEGER)) & 1 = 1) AS stated
  FROM day WHERE from_first & (from_first + 1) <> 0
),
beside AS (
  SELECT site_id, day, stated, unnest(range(1, len(stated))) AS n FROM holed
),
gap AS (
  SELECT site_id, day_start(day) + to_hours(last) AS heard_at,
    lead(day_start(day) + to_hours(first)) OVER (PARTITION BY site_id ORDER BY day) AS until
  FROM day
  UNION ALL
  SELECT site_id, day_start(day) + to_hours(stated[n]), day_start(day) + to_hours(stated[n + 1])
  FROM beside WHERE stated[n + 1] > stated[n] + 1
),
silent AS (
  SELECT g.site_id, g.heard_at + to_hours(e.every_hours) AS since, e.offline_after_hours, g.until
  FROM gap AS g
  JOIN base.site AS s USING (site_id)
  JOIN standards.expected_period AS e ON e.kind = s.kind
)
SELECT site_id, since, since + to_hours(offline_after_hours) AS due_at, until
FROM silent
WHERE until IS NULL OR until - since >= to_hours(offline_after_hours)
