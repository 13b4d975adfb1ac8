-- one row per forecast, against what the area's day turned out to be; from air.forecast, air.area_daily, standards.aqi_level
-- kind: view
-- key: forecast_id
-- The level is hit where the observed one lies within the forecast range's levels; the error is the range's middle
-- less the observed AQI. Both are null until the day is judged.
WITH ranged AS (
  SELECT forecast_id, area_id, day, issued_at, aqi_low, aqi_high, primary_pollutants, source, recorded_at,
    day - local_day(issued_at) AS lead_days, least(greatest(aqi_low, 0), 500) AS low,
    least(greatest(aqi_high, 0), 500) AS high, (CAST(aqi_low AS DOUBLE) + aqi_high) / 2 AS middle
  FROM air.forecast
)
SELECT
  f.forecast_id,
  f.area_id,
  f.day,
  f.issued_at,
  f.lead_days,
  f.aqi_low,
  f.aqi_high,
  f.primary_pollutants,
  d.aqi AS observed_aqi,
  d.level AS observed_level,
  d.level BETWEEN l.level AND h.level AS level_hit,
  f.middle - d.aqi AS aqi_error,
  f.source = 'simulator' OR coalesce(d.simulated, FALSE) AS simulated,
  f.source,
  greatest(f.recorded_at, d.recorded_at) AS recorded_at
FROM ranged AS f
LEFT JOIN air.area_daily AS d ON d.area_id = f.area_id AND d.day = f.day
LEFT JOIN standards.aqi_level AS l ON l.aqi = f.low
LEFT JOIN standards.aqi_level AS h ON h.aqi = f.high
