-- one row per site, or sender at a site, and local day from the first to the last that it was heard of; from monitor.heard, monitor.heard_span, base.reading, base.barred, base.site, standards.expected_period
-- kind: view
-- key: site_id, source, day
-- ask transmission(since..until of day, site_id?): ORDER BY day, site_id, source
--   Transmission of the sites, or one of them, on local days in [since, until]; or of each sender.
--   by_source BOOLEAN: (source IS NOT NULL) = $by_source; Of each sender, or of the sites, whoever stated it.
-- source is who stated it, `hj212:<MN>` for a device; null where it is the site, whoever stated it.
-- Its readings are those on which it had the last word.
-- transmission_rate is periods stated of periods expected; validity_rate is readings that count of readings stated;
-- offline_hours are those of the expected periods that nothing was stated on. The last day may not be over: whoever asks
-- knows what time it is.
WITH expected AS (
  SELECT s.site_id, e.period, e.every_hours, CAST(24 // e.every_hours AS BIGINT) AS periods
  FROM base.site AS s JOIN standards.expected_period AS e USING (kind)
),
heard AS (
  SELECT site_id, NULL AS source, day, hours, last_heard_at FROM monitor.heard
  UNION ALL
  SELECT site_id, unnest(senders).source, day, unnest(senders).hours, unnest(senders).last_heard_at
  FROM monitor.heard
),
day AS (
  SELECT site_id, source, CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS day
  FROM monitor.heard_span
),
said AS (  -- the last word on each reading
  SELECT site_id, factor, period, observed_at, day, arg_max(source, standing) AS source,
    arg_max(set_aside IS NULL, standing) AS usable
  FROM base.reading WHERE period = 'HOUR' GROUP BY ALL
),
valid AS (
  SELECT site_id, unnest([source, NULL]) AS source, day, usable AND b.site_id IS NULL AS counts
  FROM said LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
),
part AS (  -- beside each other rather than joined, so that both are asked for the days that are wanted alone
  SELECT d.site_id, d.source, d.day, true AS listed, h.hours, h.last_heard_at, NULL AS readings, NULL AS valid_readings
  FROM day AS d
  LEFT JOIN heard AS h ON h.site_id = d.site_id AND h.day = d.day AND h.source IS NOT DISTINCT FROM d.source
  UNION ALL
  SELECT site_id, source, day, false, NULL, NULL, count(*), count(*) FILTER (counts) FROM valid
  GROUP BY site_id, source, day
),
rated AS (
  SELECT p.site_id, p.source, p.day, e.period, e.every_hours, e.periods, max(p.last_heard_at) AS last_heard_at,
    stated_periods(coalesce(max(p.hours), 0), e.every_hours) AS stated,
    coalesce(max(p.readings), 0) AS readings, coalesce(max(p.valid_readings), 0) AS valid_readings
  FROM part AS p JOIN expected AS e USING (site_id)
  GROUP BY p.site_id, p.source, p.day, e.period, e.every_hours, e.periods HAVING bool_or(p.listed)
)
SELECT
  site_id,  -- !
  source,  -- Who stated it, `hj212:<MN>` for a device; null for the site, whoever stated it.
  day,  -- ! The local day.
  period,  -- !
  periods AS expected_periods,  -- ! How many periods were expected of the day.
  stated AS stated_periods,  -- ! How many of these anything was stated on.
  stated / periods AS transmission_rate,  -- ! Periods stated of periods expected, 0 to 1.
  readings,  -- ! How many readings were stated.
  valid_readings,  -- ! How many of these count.
  CASE WHEN readings > 0 THEN valid_readings / readings END AS validity_rate,  -- Readings that count of readings stated, 0 to 1.
  (periods - stated) * every_hours AS offline_hours,  -- ! Hours of expected periods that nothing was stated on.
  last_heard_at  -- When it was last heard, UTC.
FROM rated
