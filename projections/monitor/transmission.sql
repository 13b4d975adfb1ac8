-- one row per site, or sender at a site, and local day from the first to the last that it was heard of; from base.observation, base.reading_current, base.barred, base.site, standards.expected_period
-- kind: view
-- key: site_id, source, day
-- source is who stated it, `hj212:<MN>` for a device; null where it is the site, whoever stated it.
-- Its readings are those on which it had the last word.
-- transmission_rate is periods stated of periods expected; validity_rate is readings that count of readings stated;
-- offline_hours are those of the expected periods that nothing was stated on. The last day may not be over: whoever asks
-- knows what time it is.
WITH expected AS (
  SELECT s.site_id, e.period, e.every_hours, 24 // e.every_hours AS periods
  FROM base.site AS s JOIN standards.expected_period AS e USING (kind)
),
heard AS (
  SELECT o.site_id, o.source, local_day(o.observed_at) AS day,
    count(DISTINCT hour(o.observed_at + INTERVAL 8 HOURS) // e.every_hours) AS stated_periods,
    max(o.recorded_at) AS last_heard_at
  FROM base.observation AS o JOIN expected AS e USING (site_id, period)
  GROUP BY GROUPING SETS ((o.site_id, day), (o.site_id, o.source, day))
),
day AS (
  SELECT site_id, source, CAST(unnest(generate_series(min(day), max(day), INTERVAL 1 DAY)) AS DATE) AS day
  FROM heard GROUP BY site_id, source
),
valid AS (
  SELECT r.site_id, r.source, local_day(r.observed_at) AS day, count(*) AS readings,
    count(*) FILTER (r.set_aside IS NULL AND b.site_id IS NULL) AS valid_readings
  FROM base.reading_current AS r
  JOIN expected AS e USING (site_id, period)
  LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
  GROUP BY GROUPING SETS ((r.site_id, day), (r.site_id, r.source, day))
)
SELECT
  d.site_id,
  d.source,
  d.day,
  e.period,
  e.periods AS expected_periods,
  coalesce(h.stated_periods, 0) AS stated_periods,
  coalesce(h.stated_periods, 0) / e.periods AS transmission_rate,
  coalesce(v.readings, 0) AS readings,
  coalesce(v.valid_readings, 0) AS valid_readings,
  v.valid_readings / v.readings AS validity_rate,
  (e.periods - coalesce(h.stated_periods, 0)) * e.every_hours AS offline_hours,
  h.last_heard_at
FROM day AS d
JOIN expected AS e USING (site_id)
LEFT JOIN heard AS h ON h.site_id = d.site_id AND h.day = d.day AND h.source IS NOT DISTINCT FROM d.source
LEFT JOIN valid AS v ON v.site_id = d.site_id AND v.day = d.day AND v.source IS NOT DISTINCT FROM d.source
