-- one row per automatic mark on a reading, by the last word on it; from base.observation, base.reading, standards.check, standards.check_reach, standards.factor
-- key: site_id, period, observed_at
-- affects base.observation: SELECT c.site_id, c.period, c.observed_at + to_hours(unnest(r.reach)) AS observed_at FROM changed AS c JOIN standards.check_reach AS r USING (topic)
-- verdict is SUSPECT (it is shown, and the reading counts) or INVALID (it does not, unless a reviewer says so). A check
-- for a site takes the place of the general ones of its kind and factor. A change is marked on the later hour, so a
-- statement touches the hour that is compared with its own, too. Runs of one value are in monitor.stuck.
WITH rule AS (  -- too large a change needs one value so far above the lowest possible one: others are passed over
  SELECT c.check_id, c.kind, c.factor, c.hours, c.change, c.low,
    CASE c.kind WHEN 'rate' THEN f.lowest + c.change ELSE c.high END AS high
  FROM standards.check AS c JOIN standards.factor AS f USING (factor)
  WHERE c.kind IN ('range', 'rate')
),
looked_at AS (
  SELECT site_id, period, observed_at FROM wanted
  UNION
  SELECT site_id, period, observed_at - to_hours(hours) FROM wanted, rule WHERE kind = 'rate' AND period = 'HOUR'
),
outlying AS (
  SELECT r.site_id, r.factor, r.period, r.observed_at, r.standing, r.value, c.check_id, c.kind, c.hours, c.change
  FROM base.reading AS r
  SEMI JOIN looked_at USING (site_id, period, observed_at)
  JOIN rule AS c ON c.factor = r.factor
  WHERE r.set_aside IS NULL AND (r.value < c.low OR r.value > c.high)
),
changed_fast AS (
  SELECT o.*, n.value AS other_value, n.standing AS other_standing, o.other_at > o.observed_at AS first
  FROM (SELECT *, observed_at + to_hours(unnest([hours, -hours])) AS other_at
        FROM outlying WHERE kind = 'rate' AND period = 'HOUR') AS o
  JOIN base.reading AS n
    ON n.site_id = o.site_id AND n.factor = o.factor AND n.period = o.period AND n.observed_at = o.other_at
  WHERE n.set_aside IS NULL AND abs(n.value - o.value) > o.change
),
compared AS NOT MATERIALIZED (
  SELECT site_id, factor, period, observed_at, standing, value
  FROM base.reading SEMI JOIN wanted USING (site_id, period, observed_at) WHERE set_aside IS NULL
),
early AS MATERIALIZED (
  FROM base.observation SEMI JOIN wanted USING (site_id, period, observed_at) WHERE recorded_at < occurred_at
),
broken AS (
  SELECT site_id, factor, period, observed_at, standing, value, check_id,
    factor AS other_factor, observed_at AS other_at, standing AS other_standing, NULL AS other_value
  FROM outlying WHERE kind = 'range'
  UNION ALL
  SELECT site_id, factor, period, if(first, other_at, observed_at), if(first, other_standing, standing),
    if(first, other_value, value), check_id,
    factor, if(first, observed_at, other_at), if(first, standing, other_standing), if(first, value, other_value)
  FROM changed_fast
  UNION ALL
  SELECT s.*, c.check_id, o.factor, o.observed_at, o.standing, o.value
  FROM (FROM compared WHERE factor IN (SELECT factor FROM standards.check WHERE kind = 'cross')) AS s
  JOIN standards.check AS c ON c.kind = 'cross' AND c.factor = s.factor
  JOIN (FROM compared WHERE factor IN (SELECT other_factor FROM standards.check WHERE kind = 'cross')) AS o
    ON o.site_id = s.site_id AND o.factor = c.other_factor AND o.period = s.period AND o.observed_at = s.observed_at
  WHERE s.value > c.ratio * o.value
  UNION ALL
  SELECT site_id, r.factor, period, observed_at, r.standing, r.value, c.check_id,
    r.factor, observed_at, r.standing, NULL
  FROM early AS e JOIN base.reading AS r USING (site_id, period, observed_at, log_offset)
  JOIN standards.check AS c ON c.kind = 'clock' AND c.factor = r.factor
  WHERE r.set_aside IS NULL AND e.occurred_at - e.recorded_at > to_minutes(c.lead_minutes)
),
last_word AS (
  SELECT site_id, factor, period, observed_at, max(standing) AS standing
  FROM base.reading
  SEMI JOIN (SELECT site_id, period, unnest([observed_at, other_at]) AS observed_at FROM broken)
    USING (site_id, period, observed_at)
  GROUP BY ALL
)
SELECT DISTINCT b.site_id, b.factor, b.period, b.observed_at, b.check_id, c.kind, c.verdict, b.value, b.other_value
FROM broken AS b
SEMI JOIN wanted USING (site_id, period, observed_at)
JOIN last_word AS l USING (site_id, factor, period, observed_at, standing)
JOIN last_word AS o
  ON o.site_id = b.site_id AND o.factor = b.other_factor AND o.period = b.period AND o.observed_at = b.other_at
  AND o.standing = b.other_standing
JOIN standards.check AS c USING (check_id)
WHERE coalesce(c.site_id = b.site_id, NOT EXISTS (
  FROM standards.check AS s WHERE s.kind = c.kind AND s.factor = c.factor AND s.site_id = b.site_id))
