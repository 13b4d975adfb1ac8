-- one row per station and local day; from air.daily_statistic, air.monitored, standards.air_item, standards.air_scale, standards.aqi_level
-- key: site_id, day
-- affects air.monitored: SELECT site_id, day FROM air.daily_statistic SEMI JOIN changed USING (site_id) WHERE day >= (SELECT min(applies_from) FROM standards.air_item WHERE by_design)
WITH judged AS (
  SELECT s.*, i.edition, i.incomplete_above_aqi, 
    i.factor IS NOT NULL AND (NOT i.by_design OR list_contains(m.pollutants, s.factor) IS NOT FALSE) AS needed,
    CASE WHEN s.step IS NOT NULL THEN c.iaqi[i.base + least(s.step, highest_step())] END AS iaqi
  FROM air.daily_statistic AS s
  SEMI JOIN wanted USING (site_id, day)
  LEFT JOIN (FROM standards.air_item WHERE report = 'daily') AS i
    ON i.factor = s.factor AND i.statistic = s.statistic AND s.day BETWEEN i.applies_from AND i.applies_until
  LEFT JOIN air.monitored AS m ON m.site_id = s.site_id
  LEFT JOIN standards.air_scale AS c ON true
),
verdict AS (
  SELECT site_id, day, max(edition) AS edition, hours, any_value(levels) AS levels, simulated, reviewed, recorded_at,
    CASE WHEN bool_and(step IS NOT NULL) FILTER (needed) OR max(iaqi) > max(incomplete_above_aqi)
      THEN max(iaqi) END AS aqi,
    max(CASE WHEN factor = 'SO2' THEN step END) AS so2_ug_m3, max(CASE WHEN factor = 'SO2' THEN iaqi END) AS so2_iaqi,
    max(CASE WHEN factor = 'NO2' THEN step END) AS no2_ug_m3, max(CASE WHEN factor = 'NO2' THEN iaqi END) AS no2_iaqi,
    max(CASE WHEN factor = 'CO' THEN step END) / 10 AS co_mg_m3, max(CASE WHEN factor = 'CO' THEN iaqi END) AS co_iaqi,
    max(CASE WHEN statistic = 'day maximum of 8-hour means' THEN step END) AS o3_8h_ug_m3,
    max(CASE WHEN factor = 'O3' THEN iaqi END) AS o3_iaqi,
    max(CASE WHEN factor = 'PM10' THEN step END) AS pm10_ug_m3,
    max(CASE WHEN factor = 'PM10' THEN iaqi END) AS pm10_iaqi,
    max(CASE WHEN factor = 'PM2.5' THEN step END) AS pm25_ug_m3,
    max(CASE WHEN factor = 'PM2.5' THEN iaqi END) AS pm25_iaqi
  FROM judged GROUP BY site_id, day, hours, simulated, reviewed, recorded_at
)
SELECT v.site_id, v.day, v.aqi, l.level,
  primary_pollutants(v.aqi, v.so2_iaqi, v.no2_iaqi, v.co_iaqi, v.o3_iaqi, v.pm10_iaqi, v.pm25_iaqi)
    AS primary_pollutants,
  made_of(v.aqi, v.so2_iaqi, v.no2_iaqi, v.co_iaqi, v.o3_iaqi, v.pm10_iaqi, v.pm25_iaqi) AS made_of,
  v.edition, v.so2_ug_m3, v.no2_ug_m3, v.co_mg_m3, v.o3_8h_ug_m3, v.pm10_ug_m3, v.pm25_ug_m3,
  v.so2_iaqi, v.no2_iaqi, v.co_iaqi, v.o3_iaqi, v.pm10_iaqi, v.pm25_iaqi,
  v.hours, list_max(v.levels) AS worst_level, v.levels, v.simulated, v.reviewed, v.recorded_at
FROM verdict AS v
LEFT JOIN standards.aqi_level AS l USING (aqi)
