-- one row per span behind a statement in which a site stated nothing for long, or has stated nothing since; from base.observation, base.site, standards.expected_period
-- kind: view
-- key: site_id, since
-- due_at is when it counts as offline, if nothing is heard before; until is null while nothing is. No row says that a
-- site is offline now: whoever asks compares due_at with the time.
WITH period AS (
  SELECT DISTINCT o.site_id, o.observed_at, e.every_hours, e.offline_after_hours
  FROM base.observation AS o
  JOIN base.site AS s USING (site_id)
  JOIN standards.expected_period AS e ON e.kind = s.kind AND e.period = o.period
),
next AS (
  SELECT site_id, observed_at + to_hours(every_hours) AS since, offline_after_hours,
    lead(observed_at) OVER (PARTITION BY site_id ORDER BY observed_at) AS until
  FROM period
)
SELECT site_id, since, since + to_hours(offline_after_hours) AS due_at, until
FROM next
WHERE until IS NULL OR until - since >= to_hours(offline_after_hours)
