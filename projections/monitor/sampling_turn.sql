-- one row per sampling of water that exceeds what an alarm is raised from where the one before it in the month did not, or the other way round, and the first of each month; from water.assessment, standards.alarm_level
-- key: site_id, month
-- affects water.assessment: SELECT site_id, CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month FROM changed
WITH judged AS (
  SELECT w.site_id, w.month, w.period, w.observed_at, w.class, w.target_class,
    w.class >= w.target_class + l.at_least AS exceeded
  FROM water.assessment AS w
  SEMI JOIN wanted USING (site_id, month)
  JOIN standards.alarm_level AS l ON l.measure = 'water_class_beyond_target'
  WHERE w.target_class IS NOT NULL
)
SELECT site_id, month, period, observed_at, class, target_class, exceeded
FROM judged
QUALIFY exceeded IS DISTINCT FROM lag(exceeded) OVER (PARTITION BY site_id, month ORDER BY observed_at, period)
