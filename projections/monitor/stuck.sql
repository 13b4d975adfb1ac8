-- one row per site, factor and local day, with the longest run of hours of one value, where a check finds it too long; from base.reading_current, standards.check
-- kind: view
-- key: site_id, factor, day
-- A run is cut at midnight, so that days can be asked for without reading all history: one of twice the length a check
-- allows is always found.
WITH reading AS (
  SELECT site_id, factor, local_day(observed_at) AS day, observed_at, value
  FROM base.reading_current
  WHERE period = 'HOUR' AND set_aside IS NULL AND factor IN (SELECT factor FROM standards.check WHERE kind = 'stuck')
),
numbered AS (
  SELECT site_id, factor, day, observed_at, value,
    row_number() OVER (PARTITION BY site_id, factor, day ORDER BY observed_at)
    - row_number() OVER (PARTITION BY site_id, factor, day, value ORDER BY observed_at) AS run
  FROM reading
),
run AS (
  SELECT site_id, factor, day, value, min(observed_at) AS since, max(observed_at) + INTERVAL 1 HOUR AS until,
    count(*) AS readings
  FROM numbered GROUP BY site_id, factor, day, value, run
)
SELECT r.site_id, r.factor, r.day, c.check_id, c.verdict, r.value, r.since, r.until, r.readings
FROM run AS r
JOIN standards.check AS c ON c.kind = 'stuck' AND c.factor = r.factor AND coalesce(c.site_id, r.site_id) = r.site_id
WHERE r.readings > 1 AND r.until - r.since >= to_hours(c.hours) AND (c.low IS NULL OR r.value > c.low)
  AND coalesce(c.site_id = r.site_id, NOT EXISTS (
    FROM standards.check AS s WHERE s.kind = 'stuck' AND s.factor = c.factor AND s.site_id = r.site_id))
QUALIFY row_number() OVER (PARTITION BY r.site_id, r.factor, r.day ORDER BY r.readings DESC, r.since) = 1
