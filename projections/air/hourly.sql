-- one row per station and hour, monitors of sources being none; from base.observation, base.reading, base.review_mark, base.barred, base.source_monitor_registered, base.station_registered, standards.air_edition, standards.air_scale, standards.aqi_level, standards.check_reach, standards.factor
-- key: site_id, observed_at
-- affects base.observation: SELECT site_id, observed_at + to_hours(unnest(bars)) AS observed_at FROM changed JOIN standards.check_reach USING (topic) WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.review_mark: SELECT site_id, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.air' AND period = 'HOUR') USING (site_id, period, observed_at)
-- affects base.source_monitor_registered: SELECT site_id, observed_at FROM base.observation SEMI JOIN changed USING (site_id) WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.station_registered: SELECT site_id, observed_at FROM base.observation SEMI JOIN changed USING (site_id) SEMI JOIN base.source_monitor_registered USING (site_id) WHERE topic = 'env1357.air' AND period = 'HOUR'
WITH edition AS (
  SELECT d.day, e.edition, e.incomplete_above_aqi, e.base
  FROM (SELECT DISTINCT local_day(observed_at) AS day FROM wanted) AS d
  JOIN standards.air_edition AS e
    ON d.day >= e.applies_from AND (e.applies_until IS NULL OR d.day <= e.applies_until)
),
reading AS (
  SELECT r.site_id, r.observed_at, r.factor, r.standing, r.reviewed, r.recorded_at, r.source = 'simulator' AS simulated,
    CASE WHEN r.set_aside IS NULL AND b.site_id IS NULL THEN r.value END AS value
  FROM base.reading AS r
  SEMI JOIN wanted USING (site_id, observed_at)
  LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
  WHERE r.period = 'HOUR'
),
said AS (  -- the last word on each factor, and whether a simulator had it
  SELECT site_id, observed_at, factor, max(recorded_at) AS recorded_at, arg_max_null(value, standing) AS value,
    arg_max_null(simulated, standing) AS simulated, bool_or(reviewed) AS reviewed
  FROM reading GROUP BY ALL
),
placed AS (  -- where a pollutant's IAQI stands in its scale
  SELECT s.*, e.edition, e.incomplete_above_aqi, f.factor IS NOT NULL AS pollutant,
    e.base + scale_step(s.value, CAST(f.per_unit AS BIGINT)) AS place
  FROM said AS s
  LEFT JOIN (FROM standards.factor WHERE factor IN ('SO2', 'NO2', 'CO', 'O3', 'PM10', 'PM2.5')) AS f USING (factor)
  LEFT JOIN edition AS e ON e.day = local_day(s.observed_at)
),
valued AS (
  SELECT p.*, CASE p.factor WHEN 'SO2' THEN c.so2[place] WHEN 'NO2' THEN c.no2[place] WHEN 'CO' THEN c.co[place]
    WHEN 'O3' THEN c.o3[place] WHEN 'PM10' THEN c.pm10[place] WHEN 'PM2.5' THEN c.pm25[place] END AS iaqi
  FROM placed AS p LEFT JOIN (FROM standards.air_scale WHERE report = 'hourly') AS c ON true
),
looked_up AS (
  SELECT site_id, observed_at, any_value(edition) AS edition, any_value(incomplete_above_aqi) AS incomplete_above_aqi,
    max(recorded_at) AS recorded_at,
    bool_or(simulated) FILTER (pollutant) IS TRUE AS simulated,
    bool_and(reviewed) FILTER (pollutant) IS NOT FALSE AS reviewed,
    any_value(value) FILTER (factor = 'SO2') AS so2_ug_m3, any_value(iaqi) FILTER (factor = 'SO2') AS so2_iaqi,
    any_value(value) FILTER (factor = 'NO2') AS no2_ug_m3, any_value(iaqi) FILTER (factor = 'NO2') AS no2_iaqi,
    any_value(value) FILTER (factor = 'CO') AS co_mg_m3, any_value(iaqi) FILTER (factor = 'CO') AS co_iaqi,
    any_value(value) FILTER (factor = 'O3') AS o3_ug_m3, any_value(iaqi) FILTER (factor = 'O3') AS o3_iaqi,
    any_value(value) FILTER (factor = 'PM10') AS pm10_ug_m3, any_value(iaqi) FILTER (factor = 'PM10') AS pm10_iaqi,
    any_value(value) FILTER (factor = 'PM2.5') AS pm25_ug_m3, any_value(iaqi) FILTER (factor = 'PM2.5') AS pm25_iaqi,
    max(iaqi) AS highest_iaqi, count(place) FILTER (pollutant) = 6 AS complete
  FROM valued GROUP BY ALL
),
published AS (
  SELECT l.*, CASE WHEN complete OR highest_iaqi > incomplete_above_aqi THEN highest_iaqi END AS aqi
  FROM looked_up AS l
)
SELECT p.site_id, p.observed_at, p.observed_at + INTERVAL 1 HOUR AS ends_at, p.aqi, l.level,
  primary_pollutants(p.aqi, p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi)
    AS primary_pollutants,
  p.edition,
  p.so2_ug_m3, p.no2_ug_m3, p.co_mg_m3, p.o3_ug_m3, p.pm10_ug_m3, p.pm25_ug_m3,
  p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi, p.simulated, p.reviewed, p.recorded_at
FROM published AS p
ANTI JOIN (FROM base.source_monitor_registered ANTI JOIN base.station_registered USING (site_id)) AS m USING (site_id)
LEFT JOIN standards.aqi_level AS l USING (aqi)
