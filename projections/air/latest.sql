-- one row per station: its latest hour; from air.daily, air.hourly
-- key: site_id
-- affects air.daily: SELECT site_id FROM changed
-- ask air_now(): ORDER BY site_id
--   The latest hour of each station, in order of their codes. As of a moment, of those that have one in the seven days before the latest hour that was known then.
WITH last AS (
  SELECT site_id, max(day) AS day FROM air.daily SEMI JOIN wanted USING (site_id) GROUP BY site_id
)
SELECT
  h.site_id,  -- ! public
  h.observed_at,  -- ! public Start of the hour, UTC.
  h.ends_at,  -- ! public End of the hour, UTC.
  h.day,  -- public The local day.
  h.aqi,  -- public AQI by HJ 633; null where pollutants are missing that the station monitors.
  h.level,  -- public
  h.primary_pollutants,  -- ! public All pollutants that tie for the AQI, where it is above 50.
  h.made_of,  -- ! public
  h.edition,  -- public The edition of the standard that it is judged by.
  h.so2_ug_m3,  -- public SO2, µg/m³; null is missing or unusable.
  h.no2_ug_m3,  -- public NO2, µg/m³; null is missing or unusable.
  h.co_mg_m3,  -- public CO, mg/m³; null is missing or unusable.
  h.o3_ug_m3,  -- public Ozone, µg/m³; null is missing or unusable.
  h.pm10_ug_m3,  -- public PM10, µg/m³; null is missing or unusable.
  h.pm25_ug_m3,  -- public PM2.5, µg/m³; null is missing or unusable.
  h.so2_iaqi,  -- public
  h.no2_iaqi,  -- public
  h.co_iaqi,  -- public
  h.o3_iaqi,  -- public
  h.pm10_iaqi,  -- public
  h.pm25_iaqi,  -- public
  h.simulated,  -- public Whether anything that it follows from is a simulator's.
  h.reviewed,  -- public
  h.recorded_at  -- ! public When its latest statement was recorded, UTC.
FROM air.hourly AS h
JOIN last AS l ON l.site_id = h.site_id AND l.day = h.day
QUALIFY row_number() OVER (PARTITION BY h.site_id ORDER BY h.observed_at DESC) = 1
