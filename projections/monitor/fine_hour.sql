-- one row per site, factor, fine period and hour of a local day of which fine readings have left the tables; from base.history_archived, base.observation, base.reading, base.barred, base.review_mark
-- key: site_id, period, day
-- fine: SELECT site_id, period, observed_at FROM base.observation SEMI JOIN wanted USING (site_id, period, day)
-- affects base.history_archived: SELECT o.site_id, o.period, o.day FROM base.observation AS o JOIN changed AS c ON o.topic = 'env1357.' || c.subsystem AND o.day = c.day WHERE is_fine(o.period)
-- affects base.observation: SELECT site_id, period, local_day(observed_at) AS day FROM changed WHERE is_fine(period) AND local_day(observed_at) IN (SELECT day FROM base.history_archived)
-- affects base.review_mark: SELECT site_id, period, local_day(observed_at) AS day FROM changed WHERE is_fine(period) AND local_day(observed_at) IN (SELECT day FROM base.history_archived)
-- What stays of them, by the last word on each: how many were stated, and of those that count the lowest, the mean (of
-- millionths, so that their order makes no difference) and the highest.
WITH archived AS (
  SELECT DISTINCT o.site_id, o.period, o.day
  FROM base.observation AS o
  SEMI JOIN wanted USING (site_id, period, day)
  JOIN base.history_archived AS h ON o.topic = 'env1357.' || h.subsystem AND o.day = h.day
),
last AS (
  SELECT site_id, factor, period, day, observed_at, any_value(unit) AS unit,
    arg_max_null(CASE WHEN set_aside IS NULL THEN value END, standing) AS value
  FROM base.reading
  SEMI JOIN archived USING (site_id, period, day)
  GROUP BY ALL
),
counted AS (
  SELECT l.* EXCLUDE (value), CASE WHEN b.site_id IS NULL THEN l.value END AS value
  FROM last AS l
  LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
)
SELECT
  site_id,
  factor,
  period,
  day,
  date_trunc('hour', observed_at) AS hour_at,
  any_value(unit) AS unit,
  count(*) AS readings,
  count(value) AS counted_readings,
  min(value) AS lowest,
  CAST(sum(CAST(round(value * 1e6) AS BIGINT)) AS DOUBLE) / 1e6 / count(value) AS mean,
  max(value) AS highest
FROM counted
GROUP BY site_id, factor, period, day, hour_at
