-- one row per site, factor and local day, with the longest run of hours of one value, where a check finds it too long; from monitor.heard, base.reading, standards.stuck_check, standards.stuck_part
-- key: site_id, day
-- A run is cut at midnight, so that a day follows from itself: one of twice the length a check allows is always found.
-- Each run covers a whole part of the day, half as long as the shortest that is looked for. So only days are looked at
-- more closely that have a part whose hours all say the same, or of which one says nothing that counts, or says it twice.
WITH stated AS (
  SELECT r.site_id, r.factor, r.day, r.observed_at, r.value, r.set_aside, r.standing, p.part,
    CAST(hour(r.observed_at + INTERVAL 8 HOURS) AS INTEGER) AS hour
  FROM base.reading AS r
  SEMI JOIN wanted AS w ON w.site_id = r.site_id AND w.day = r.day
  JOIN standards.stuck_part AS p ON p.factor = r.factor
  WHERE r.period = 'HOUR'
),
moving AS (
  SELECT site_id, factor, day, part, count(*) = part AND count(set_aside) = 0 AND min(value) < max(value)
    AND bit_count(bit_or(1 << hour % part)) = part AS moves
  FROM stated GROUP BY site_id, factor, day, part, hour // part
),
suspect AS (
  SELECT site_id, factor, day FROM moving GROUP BY site_id, factor, day, part HAVING count(*) FILTER (moves) < 24 // part
),
reading AS (
  SELECT site_id, factor, day, observed_at, arg_max(value, standing) AS value
  FROM stated SEMI JOIN suspect USING (site_id, factor, day)
  GROUP BY site_id, factor, day, observed_at HAVING arg_max(set_aside IS NULL, standing)
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
  FROM numbered GROUP BY site_id, factor, day, value, run HAVING count(*) > 1
)
SELECT r.site_id, r.factor, r.day, c.check_id, c.verdict, r.value, r.since, r.until, r.readings
FROM run AS r
JOIN standards.stuck_check AS c ON c.factor = r.factor AND r.until - r.since >= to_hours(c.hours)
WHERE (c.site_id = r.site_id OR NOT list_contains(c.except_sites, r.site_id)) AND (c.low IS NULL OR r.value > c.low)
QUALIFY row_number() OVER (PARTITION BY r.site_id, r.factor, r.day ORDER BY r.readings DESC, r.since) = 1
