-- one row per run of hours or samplings of a site that exceed a limit, or come near it; from air.daily, monitor.sampling_turn, monitor.source_turn, standards.alarm_level
-- kind: view
-- key: kind, site_id, factor, since, period
-- kind is EXCEEDANCE or APPROACHING; factor is '' where it is about none alone. cleared_at is when the next that does not
-- exceed it was over; null while there is none. What is missing clears nothing.
WITH judged_day AS (  -- with what the days before and behind are like, of those that any hour was judged on
  SELECT d.site_id, d.day, d.levels, d.simulated, l.at_least, d.worst_level >= l.at_least AS bad,
    coalesce(lag(d.worst_level) OVER beside >= l.at_least, false) AS behind_bad,
    coalesce(lead(d.worst_level) OVER beside >= l.at_least, false) AS before_bad
  FROM air.daily AS d JOIN standards.alarm_level AS l ON l.measure = 'air_level'
  WHERE d.worst_level IS NOT NULL
  WINDOW beside AS (PARTITION BY d.site_id ORDER BY d.day)
),
hour AS (
  SELECT site_id, day_start(day) AS began_at, unnest(levels) AS level, unnest(range(24)) AS hour, simulated, at_least
  FROM judged_day WHERE bad OR behind_bad OR before_bad
),
judged AS (
  SELECT 'EXCEEDANCE' AS kind, 'AIR_QUALITY' AS family, site_id, '' AS factor, 'HOUR' AS period,
    began_at + to_hours(hour) AS observed_at, began_at + to_hours(hour + 1) AS ends_at, level >= at_least AS exceeded,
    'AQI level ' || level AS said, CAST([] AS VARCHAR[]) AS about, CAST(NULL AS VARCHAR) AS limit_id, simulated
  FROM hour WHERE level IS NOT NULL
  UNION ALL
  SELECT kind, family, site_id, factor, period, observed_at, observed_at, exceeded, said, about, limit_id, simulated
  FROM monitor.sampling_turn
  UNION ALL
  SELECT 'EXCEEDANCE', family, site_id, factor, 'HOUR', observed_at, observed_at + INTERVAL 1 HOUR, exceeded, said, [factor],
    limit_id, simulated
  FROM monitor.source_turn
),
turned AS (  -- each that was judged otherwise than what was before it
  FROM judged QUALIFY exceeded IS DISTINCT FROM lag(exceeded) OVER (PARTITION BY site_id, kind, factor ORDER BY observed_at, period)
),
run AS (
  SELECT kind, family, site_id, factor, period, observed_at, ends_at, exceeded, said, about, limit_id, simulated,
    lead(ends_at) OVER (PARTITION BY site_id, kind, factor ORDER BY observed_at, period) AS cleared_at
  FROM turned
)
SELECT kind, family, site_id, factor, period, observed_at AS since, ends_at AS raised_at, cleared_at, said, about, limit_id,
  simulated
FROM run
WHERE exceeded
