-- one row per issue of forecasts for an area by a source, with the warning level that they recommend; from air.forecast, air.area_daily, standards.air_warning_thresholds
-- kind: view
-- key: area_id, source, issued_at
-- ask warning_recommendations(area_id): ORDER BY issued_at DESC, source
--   What each issue of forecasts recommends, the latest first.
-- Days before the local day of issue are observed, from it on forecast (the upper end of the range). A run of
-- consecutive days above a threshold counts where it reaches a forecast day; the severest rule that it meets is
-- recommended, null where none is. Past days are looked at 30 days back. The rules are those in force on the local day
-- of issue.
WITH issue AS (
  SELECT area_id, source, issued_at, local_day(issued_at) AS issued_on, max(recorded_at) AS recorded_at
  FROM air.forecast GROUP BY ALL
),
expected AS (
  SELECT area_id, source, issued_at, day, max(aqi_high) AS aqi, 1 AS ahead, FALSE AS simulated,
    max(recorded_at) AS recorded_at
  FROM air.forecast WHERE day >= local_day(issued_at) GROUP BY area_id, source, issued_at, day
  UNION ALL
  SELECT i.area_id, i.source, i.issued_at, d.day, d.aqi, 0 AS ahead, d.simulated, d.recorded_at
  FROM issue AS i JOIN air.area_daily AS d
    ON d.area_id = i.area_id AND d.day < i.issued_on AND date_diff('day', d.day, i.issued_on) <= 30
  WHERE d.aqi IS NOT NULL
),
above AS (
  SELECT e.area_id, e.source, e.issued_at, e.day, e.aqi, e.ahead, e.simulated, e.recorded_at,
    t.level, t.severity, t.rule, t.days AS needed, t.peak_aqi_above, t.peak_days,
    date_diff('day', DATE '1970-01-01', e.day)
      - row_number() OVER (PARTITION BY e.area_id, e.source, e.issued_at, t.rule ORDER BY e.day) AS run
  FROM expected AS e JOIN standards.air_warning_thresholds AS t
    ON e.aqi > t.aqi_above AND local_day(e.issued_at) BETWEEN t.issued_from AND coalesce(t.issued_until, DATE 'infinity')
),
episode AS (
  SELECT area_id, source, issued_at, level, severity, rule, run, min(day) AS since, max(day) AS until,
    count(*) AS days, sum(ahead) AS days_forecast, max(aqi) AS highest_aqi, bool_or(simulated) AS simulated,
    max(recorded_at) AS recorded_at
  FROM above GROUP BY area_id, source, issued_at, level, severity, rule, run, needed, peak_aqi_above, peak_days
  HAVING count(*) >= needed AND sum(ahead) > 0 AND count(*) FILTER (aqi > peak_aqi_above) >= peak_days
),
severest AS (
  SELECT area_id, source, issued_at, level, rule, since, until, days, days_forecast, highest_aqi, simulated, recorded_at
  FROM episode
  QUALIFY row_number() OVER (
    PARTITION BY area_id, source, issued_at ORDER BY severity DESC, days DESC, since, rule
  ) = 1
)
SELECT
  i.area_id,  -- !
  i.source,  -- !
  i.issued_at,  -- ! When it was issued, UTC.
  s.level,  -- YELLOW, ORANGE or RED; null where no rule is met.
  s.rule,  -- The rule that it meets: AQI above, and days in a row.
  s.since,
  s.until,
  s.days,  -- How many days in a row.
  CAST(s.days_forecast AS BIGINT) AS days_forecast,  -- How many of the days are forecast, not observed.
  s.highest_aqi,  -- The highest AQI of the days.
  i.source = 'simulator' OR coalesce(s.simulated, FALSE) AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  greatest(i.recorded_at, s.recorded_at) AS recorded_at
FROM issue AS i
LEFT JOIN severest AS s ON s.area_id = i.area_id AND s.source = i.source AND s.issued_at = i.issued_at
