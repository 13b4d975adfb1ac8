-- one row per automatic mark on a reading, by the last word on it; from base.observation, base.reading, standards.check_rule, standards.check_span, standards.check_reach
-- key: site_id, period, observed_at
-- affects base.observation: SELECT c.site_id, c.period, c.observed_at + to_hours(unnest(r.reach)) AS observed_at FROM changed AS c JOIN standards.check_reach AS r USING (topic)
-- verdict is SUSPECT (it is shown, and the reading counts) or INVALID (it does not, unless a reviewer says so). A check
-- for a site takes the place of the general ones of its kind and factor. A change is marked on the later hour, so a
-- statement touches the hour that is compared with its own, too. Runs of one value are in monitor.stuck.
WITH looked_at AS (
  SELECT DISTINCT site_id, period, observed_at - to_hours(unnest(if(period = 'HOUR', spans, [0]))) AS observed_at
  FROM wanted, standards.check_span
),
last AS MATERIALIZED (  -- the last word on each reading; its value is null where it is set aside
  SELECT site_id, factor, period, observed_at,
    arg_max_null(CASE WHEN set_aside IS NULL THEN value END, standing) AS value,
    CASE WHEN max(standing) FILTER (early_s > 0) = max(standing) THEN arg_max(early_s, standing) END AS early_s
  FROM base.reading
  SEMI JOIN looked_at USING (site_id, period, observed_at)
  GROUP BY ALL
),
held AS (  -- each value that may break a rule, and the reading that it is held beside: itself, but for rate and cross
  SELECT l.*, r.* EXCLUDE (factor, site_id), l.observed_at + to_hours(unnest(r.shifts)) AS other_at
  FROM last AS l JOIN standards.check_rule AS r ON r.factor = l.factor
  WHERE (l.value < r.low OR l.value > r.high OR l.value IS NOT NULL AND l.early_s > r.lead_s)
    AND (r.site_id = l.site_id OR NOT list_contains(r.except_sites, l.site_id))
)
SELECT DISTINCT h.site_id, h.factor, h.period, greatest(h.observed_at, o.observed_at) AS observed_at, h.check_id,
  h.kind, h.verdict, if(o.observed_at > h.observed_at, o.value, h.value) AS value,
  CASE WHEN o.observed_at > h.observed_at THEN h.value WHEN h.kind IN ('rate', 'cross') THEN o.value END AS other_value
FROM held AS h
JOIN last AS o
  ON o.site_id = h.site_id AND o.factor = h.other_factor AND o.period = h.period AND o.observed_at = h.other_at
SEMI JOIN wanted AS w
  ON w.site_id = h.site_id AND w.period = h.period AND w.observed_at = greatest(h.observed_at, o.observed_at)
WHERE CASE h.kind WHEN 'rate' THEN h.period = 'HOUR' AND abs(o.value - h.value) > h.change
  WHEN 'cross' THEN h.value > h.ratio * o.value ELSE true END
