-- one row per forecast, against what the area's day turned out to be; from air.forecast, air.area_daily, standards.aqi_level
-- kind: view
-- key: forecast_id
-- ask air_forecasts(area_id): ORDER BY day DESC, issued_at DESC, forecast_id
--   Forecasts for an area, the latest day first.
-- The level is hit where the observed one lies within the forecast range's levels; the error is the range's middle
-- less the observed AQI. Both are null until the day is judged.
WITH ranged AS (
  SELECT forecast_id, area_id, day, issued_at, aqi_low, aqi_high, primary_pollutants, source, recorded_at,
    day - local_day(issued_at) AS lead_days, least(greatest(aqi_low, 0), 500) AS low,
    least(greatest(aqi_high, 0), 500) AS high, (CAST(aqi_low AS DOUBLE) + aqi_high) / 2 AS middle
  FROM air.forecast
)
SELECT
  f.forecast_id,  -- !
  f.area_id,  -- !
  f.day,  -- !
  f.issued_at,  -- ! When it was issued, UTC.
  f.lead_days,  -- ! Local days from issue to the day it is for.
  f.aqi_low,  -- !
  f.aqi_high,  -- !
  f.primary_pollutants,  -- !
  d.aqi AS observed_aqi,  -- The AQI that the day had; null while it is not judged.
  d.level AS observed_level,  -- The level that the day had.
  d.level BETWEEN l.level AND h.level AS level_hit,  -- Whether the observed level lies in the forecast range's.
  f.middle - d.aqi AS aqi_error,  -- The range's middle less the observed AQI.
  f.source = 'simulator' OR coalesce(d.simulated, FALSE) AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  f.source,  -- !
  greatest(f.recorded_at, d.recorded_at) AS recorded_at
FROM ranged AS f
LEFT JOIN air.area_daily AS d ON d.area_id = f.area_id AND d.day = f.day
LEFT JOIN standards.aqi_level AS l ON l.aqi = f.low
LEFT JOIN standards.aqi_level AS h ON h.aqi = f.high
