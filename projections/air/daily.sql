-- one row per station and local day; from air.daily_statistic, standards.air_editions, standards.air_report_items, standards.air_iaqi, standards.aqi_level
-- key: site_id, day
WITH judged AS (
  SELECT s.*, e.edition, e.incomplete_above_aqi, i.factor IS NOT NULL AS needed, q.step IS NOT NULL AS found, q.iaqi
  FROM air.daily_statistic AS s
  SEMI JOIN wanted USING (site_id, day)
  LEFT JOIN standards.air_editions AS e
    ON s.day >= e.applies_from AND (e.applies_until IS NULL OR s.day <= e.applies_until)
  LEFT JOIN standards.air_report_items AS i
    ON i.report = 'daily' AND i.edition = e.edition AND i.factor = s.factor AND i.statistic = s.statistic
  LEFT JOIN standards.air_iaqi AS q
    ON q.report = 'daily' AND q.edition = e.edition AND q.factor = s.factor AND q.statistic = s.statistic
    AND s.step IS NOT NULL AND q.step = least(s.step, highest_step())
),
verdict AS (
  SELECT site_id, day, edition, hours, simulated, reviewed, recorded_at,
    CASE WHEN bool_and(found) FILTER (needed) OR max(iaqi) > max(incomplete_above_aqi) THEN max(iaqi) END AS aqi,
    max(step) FILTER (factor = 'SO2') AS so2_ug_m3, max(iaqi) FILTER (factor = 'SO2') AS so2_iaqi,
    max(step) FILTER (factor = 'NO2') AS no2_ug_m3, max(iaqi) FILTER (factor = 'NO2') AS no2_iaqi,
    max(step) FILTER (factor = 'CO') / 10 AS co_mg_m3, max(iaqi) FILTER (factor = 'CO') AS co_iaqi,
    max(step) FILTER (statistic = 'day maximum of 8-hour means') AS o3_8h_ug_m3,
    max(iaqi) FILTER (factor = 'O3') AS o3_iaqi,
    max(step) FILTER (factor = 'PM10') AS pm10_ug_m3, max(iaqi) FILTER (factor = 'PM10') AS pm10_iaqi,
    max(step) FILTER (factor = 'PM2.5') AS pm25_ug_m3, max(iaqi) FILTER (factor = 'PM2.5') AS pm25_iaqi
  FROM judged GROUP BY ALL
)
SELECT v.site_id, v.day, v.aqi, l.level,
  primary_pollutants(v.aqi, v.so2_iaqi, v.no2_iaqi, v.co_iaqi, v.o3_iaqi, v.pm10_iaqi, v.pm25_iaqi)
    AS primary_pollutants,
  v.edition, v.so2_ug_m3, v.no2_ug_m3, v.co_mg_m3, v.o3_8h_ug_m3, v.pm10_ug_m3, v.pm25_ug_m3,
  v.so2_iaqi, v.no2_iaqi, v.co_iaqi, v.o3_iaqi, v.pm10_iaqi, v.pm25_iaqi,
  v.hours, v.simulated, v.reviewed, v.recorded_at
FROM verdict AS v
LEFT JOIN standards.aqi_level AS l USING (aqi)
