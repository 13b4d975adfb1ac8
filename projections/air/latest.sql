-- one row per station: its latest hour; from air.daily, air.hourly
-- key: site_id
-- affects air.daily: SELECT site_id FROM changed
WITH last AS (
  SELECT site_id, max(day) AS day FROM air.daily SEMI JOIN wanted USING (site_id) GROUP BY site_id
)
SELECT h.site_id, h.observed_at, h.ends_at, h.day, h.aqi, h.level, h.primary_pollutants, h.edition,
  h.so2_ug_m3, h.no2_ug_m3, h.co_mg_m3, h.o3_ug_m3, h.pm10_ug_m3, h.pm25_ug_m3, h.simulated, h.reviewed, h.recorded_at
FROM air.hourly AS h
JOIN last AS l ON l.site_id = h.site_id AND l.day = h.day
QUALIFY row_number() OVER (PARTITION BY h.site_id ORDER BY h.observed_at DESC) = 1
