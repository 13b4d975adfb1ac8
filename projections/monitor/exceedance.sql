-- one row per run of hours or samplings of a site that exceed a limit from which an alarm is raised; from air.daily, monitor.sampling_turn, standards.alarm_level
-- kind: view
-- key: site_id, since, period
-- cleared_at is when the next that does not exceed it was over; null while there is none. What is missing clears nothing.
WITH judged_day AS (  -- with what the days before and behind are like, of those that any hour was judged on
  SELECT d.site_id, d.day, d.levels, l.at_least, d.worst_level >= l.at_least AS bad,
    coalesce(lag(d.worst_level) OVER beside >= l.at_least, false) AS behind_bad,
    coalesce(lead(d.worst_level) OVER beside >= l.at_least, false) AS before_bad
  FROM air.daily AS d JOIN standards.alarm_level AS l ON l.measure = 'air_level'
  WHERE d.worst_level IS NOT NULL
  WINDOW beside AS (PARTITION BY d.site_id ORDER BY d.day)
),
hour AS (
  SELECT site_id, day_start(day) AS began_at, unnest(levels) AS level, unnest(range(24)) AS hour, at_least
  FROM judged_day WHERE bad OR behind_bad OR before_bad
),
judged AS (
  SELECT site_id, 'HOUR' AS period, began_at + to_hours(hour) AS observed_at, began_at + to_hours(hour + 1) AS ends_at,
    level >= at_least AS exceeded, 'AQI level ' || level AS said
  FROM hour WHERE level IS NOT NULL
  UNION ALL
  SELECT site_id, period, observed_at, observed_at, exceeded, 'class ' || class || ', target ' || target_class
  FROM monitor.sampling_turn
),
turned AS (  -- each that was judged otherwise than what was before it
  SELECT site_id, period, observed_at, ends_at, exceeded, said FROM judged
  QUALIFY exceeded IS DISTINCT FROM lag(exceeded) OVER (PARTITION BY site_id ORDER BY observed_at, period)
),
run AS (
  SELECT site_id, period, observed_at, ends_at, exceeded, said,
    lead(ends_at) OVER (PARTITION BY site_id ORDER BY observed_at, period) AS cleared_at
  FROM turned
)
SELECT site_id, period, observed_at AS since, ends_at AS raised_at, cleared_at, said
FROM run
WHERE exceeded
