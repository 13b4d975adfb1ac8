-- one row per automatic mark on a reading, by the last word on it; from base.observation, base.reading, standards.check_rule, standards.check_reach
-- key: site_id, period, observed_at
-- affects base.observation: SELECT c.site_id, c.period, c.observed_at + to_hours(unnest(r.reach)) AS observed_at FROM changed AS c JOIN standards.check_reach AS r USING (topic)
-- verdict is SUSPECT (it is shown, and the reading counts) or INVALID (it does not, unless a reviewer says so). A check
-- for a site takes the place of the general ones of its kind and factor. A change is marked on the later hour, so a
-- statement touches the hour that is compared with its own, too. Runs of one value are in monitor.stuck.
WITH rule AS (FROM standards.check_rule),
looked_at AS (
  SELECT site_id, period, observed_at FROM wanted
  UNION
  SELECT w.site_id, w.period, w.observed_at - to_hours(r.hours)
  FROM (FROM wanted WHERE period = 'HOUR') AS w, (SELECT DISTINCT hours FROM rule WHERE kind = 'rate') AS r
),
last AS MATERIALIZED (  -- the last word on each reading; its value is null where it is set aside
  SELECT site_id, factor, period, observed_at,
    arg_max_null(CASE WHEN set_aside IS NULL THEN value END, standing) AS value,
    CASE WHEN max(standing) FILTER (early_s > 0) = max(standing) THEN arg_max(early_s, standing) END AS early_s
  FROM base.reading
  SEMI JOIN looked_at USING (site_id, period, observed_at)
  GROUP BY ALL
),
outlying AS (
  SELECT l.site_id, l.factor, l.period, l.observed_at, l.value, r.check_id, r.kind, r.hours, r.change
  FROM last AS l JOIN rule AS r ON r.factor = l.factor
  WHERE l.value < r.low OR l.value > r.high
),
broken AS (
  SELECT site_id, factor, period, observed_at, check_id, value, NULL AS other_value
  FROM outlying WHERE kind = 'range'
  UNION
  SELECT o.site_id, o.factor, o.period, greatest(o.observed_at, n.observed_at), o.check_id,
    if(n.observed_at > o.observed_at, n.value, o.value), if(n.observed_at > o.observed_at, o.value, n.value)
  FROM (SELECT *, observed_at + to_hours(unnest([hours, -hours])) AS other_at
        FROM outlying WHERE kind = 'rate' AND period = 'HOUR') AS o
  JOIN last AS n
    ON n.site_id = o.site_id AND n.factor = o.factor AND n.period = o.period AND n.observed_at = o.other_at
  WHERE abs(n.value - o.value) > o.change
  UNION ALL
  SELECT l.site_id, l.factor, l.period, l.observed_at, r.check_id, l.value, o.value
  FROM last AS l
  JOIN (FROM rule WHERE kind = 'cross') AS r ON r.factor = l.factor
  JOIN (FROM last WHERE factor IN (SELECT other_factor FROM rule)) AS o
    ON o.site_id = l.site_id AND o.factor = r.other_factor AND o.period = l.period AND o.observed_at = l.observed_at
  WHERE l.value > r.ratio * o.value
  UNION ALL
  SELECT l.site_id, l.factor, l.period, l.observed_at, r.check_id, l.value, NULL
  FROM (FROM last WHERE early_s > 0 AND value IS NOT NULL) AS l
  JOIN (FROM rule WHERE kind = 'clock') AS r ON r.factor = l.factor
  WHERE l.early_s > r.lead_s
)
SELECT b.site_id, b.factor, b.period, b.observed_at, b.check_id, r.kind, r.verdict, b.value, b.other_value
FROM broken AS b
SEMI JOIN wanted USING (site_id, period, observed_at)
JOIN rule AS r USING (check_id)
WHERE r.site_id = b.site_id OR NOT list_contains(r.except_sites, b.site_id)
