-- one row per section or lake and local month, with the mean of each factor; from water.sampling, base.site
-- key: site_id, month
-- affects water.sampling: SELECT c.site_id, CAST(date_trunc('month', local_day(c.observed_at)) AS DATE) AS month FROM changed AS c JOIN base.site AS t ON t.site_id = c.site_id AND t.kind IN ('section', 'lake')
-- affects base.site: SELECT s.site_id, CAST(date_trunc('month', local_day(s.observed_at)) AS DATE) AS month FROM water.sampling AS s SEMI JOIN changed USING (site_id)
-- means: factor, mean in millionths of its unit, days and samplings that it is made of. A day counts once: what was
-- stated on the day, else the mean of its hours, else of its other samplings.
WITH sampled AS (
  SELECT w.site_id, w.month, local_day(s.observed_at) AS day, s.period, s.simulated, s.recorded_at,
    unnest(s.items, recursive := true)
  FROM wanted AS w
  JOIN base.site AS t ON t.site_id = w.site_id AND t.kind IN ('section', 'lake')
  JOIN water.sampling AS s
    ON s.site_id = w.site_id AND s.observed_at >= day_start(w.month)
    AND s.observed_at < day_start(CAST(w.month + INTERVAL 1 MONTH AS DATE))
),
by_period AS (
  SELECT site_id, month, day, factor,
    list_position(['DAY', 'HOUR', 'REALTIME', 'MINUTE'], period) AS finer,
    mean_of(factor, counted) AS mean,
    count(*) AS samplings,
    bool_or(below) AS below,
    bool_and(reviewed) AS reviewed,
    bool_or(simulated) AS simulated,
    max(recorded_at) AS recorded_at
  FROM sampled
  GROUP BY ALL
),
daily AS (
  FROM by_period QUALIFY row_number() OVER (PARTITION BY site_id, month, day, factor ORDER BY finer) = 1
),
monthly AS (
  SELECT site_id, month, factor,
    mean_of(factor, mean) AS mean,
    CAST(count(*) AS INTEGER) AS days,
    CAST(sum(samplings) AS INTEGER) AS samplings,
    bool_or(below) AS below,
    bool_and(reviewed) AS reviewed,
    bool_or(simulated) AS simulated,
    max(recorded_at) AS recorded_at
  FROM daily
  GROUP BY site_id, month, factor
)
SELECT
  site_id,
  month,
  list({factor: factor, mean: mean, days: days, samplings: samplings, below: below} ORDER BY factor) AS means,
  bool_and(reviewed) AS reviewed,
  bool_or(simulated) AS simulated,
  max(recorded_at) AS recorded_at
FROM monthly
GROUP BY site_id, month
