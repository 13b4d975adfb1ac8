-- one row per station and hour; from base.observation, base.reading, base.check_mark, base.review_mark, base.barred, standards.air_edition, standards.air_scale, standards.aqi_level
-- key: site_id, observed_at
-- affects base.observation: SELECT site_id, observed_at FROM changed WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.check_mark: SELECT site_id, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.air' AND period = 'HOUR') USING (site_id, period, observed_at) WHERE EXISTS (FROM standards.check WHERE kind = 'rate' AND verdict = 'INVALID')
-- affects base.review_mark: SELECT site_id, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.air' AND period = 'HOUR') USING (site_id, period, observed_at)
WITH edition AS (
  SELECT d.day, e.edition, e.incomplete_above_aqi, e.base
  FROM (SELECT DISTINCT local_day(observed_at) AS day FROM wanted) AS d
  JOIN standards.air_edition AS e
    ON d.day >= e.applies_from AND (e.applies_until IS NULL OR d.day <= e.applies_until)
),
scale AS (FROM standards.air_scale WHERE report = 'hourly'),
reading AS (
  SELECT r.site_id, r.observed_at, r.factor, r.standing, r.reviewed, r.recorded_at, r.source = 'simulator' AS simulated,
    CASE WHEN r.set_aside IS NULL AND b.site_id IS NULL THEN r.value END AS value
  FROM base.reading AS r
  SEMI JOIN wanted USING (site_id, observed_at)
  LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
  WHERE r.period = 'HOUR'
),
said AS (  -- the last word on each pollutant, and whether a simulator had it
  SELECT site_id, observed_at, max(recorded_at) AS recorded_at,
    arg_max_null(value, standing) FILTER (factor = 'SO2') AS so2_ug_m3,
    arg_max_null(value, standing) FILTER (factor = 'NO2') AS no2_ug_m3,
    arg_max_null(value, standing) FILTER (factor = 'CO') AS co_mg_m3,
    arg_max_null(value, standing) FILTER (factor = 'O3') AS o3_ug_m3,
    arg_max_null(value, standing) FILTER (factor = 'PM10') AS pm10_ug_m3,
    arg_max_null(value, standing) FILTER (factor = 'PM2.5') AS pm25_ug_m3,
    arg_max_null(simulated, standing) FILTER (factor = 'SO2') IS TRUE
    OR arg_max_null(simulated, standing) FILTER (factor = 'NO2') IS TRUE
    OR arg_max_null(simulated, standing) FILTER (factor = 'CO') IS TRUE
    OR arg_max_null(simulated, standing) FILTER (factor = 'O3') IS TRUE
    OR arg_max_null(simulated, standing) FILTER (factor = 'PM10') IS TRUE
    OR arg_max_null(simulated, standing) FILTER (factor = 'PM2.5') IS TRUE AS simulated,
    bool_or(reviewed) FILTER (factor = 'SO2') IS NOT FALSE AND bool_or(reviewed) FILTER (factor = 'NO2') IS NOT FALSE
    AND bool_or(reviewed) FILTER (factor = 'CO') IS NOT FALSE AND bool_or(reviewed) FILTER (factor = 'O3') IS NOT FALSE
    AND bool_or(reviewed) FILTER (factor = 'PM10') IS NOT FALSE
    AND bool_or(reviewed) FILTER (factor = 'PM2.5') IS NOT FALSE AS reviewed
  FROM reading GROUP BY ALL
),
dated AS (
  SELECT s.*, e.edition, e.incomplete_above_aqi, e.base
  FROM said AS s LEFT JOIN edition AS e ON e.day = local_day(s.observed_at)
),
placed AS (  -- where each concentration's IAQI stands in its scale
  SELECT d.*,
    d.base + whole_micrograms(d.so2_ug_m3) AS so2_at, d.base + whole_micrograms(d.no2_ug_m3) AS no2_at,
    d.base + tenths_of_milligrams(d.co_mg_m3) AS co_at, d.base + whole_micrograms(d.o3_ug_m3) AS o3_at,
    d.base + whole_micrograms(d.pm10_ug_m3) AS pm10_at, d.base + whole_micrograms(d.pm25_ug_m3) AS pm25_at
  FROM dated AS d
),
looked_up AS (
  SELECT p.*, s.so2[so2_at] AS so2_iaqi, s.no2[no2_at] AS no2_iaqi, s.co[co_at] AS co_iaqi, s.o3[o3_at] AS o3_iaqi,
    s.pm10[pm10_at] AS pm10_iaqi, s.pm25[pm25_at] AS pm25_iaqi
  FROM placed AS p LEFT JOIN scale AS s ON true
),
judged AS (
  SELECT l.*, greatest(so2_iaqi, no2_iaqi, co_iaqi, o3_iaqi, pm10_iaqi, pm25_iaqi) AS highest_iaqi,
    so2_at + no2_at + co_at + o3_at + pm10_at + pm25_at IS NOT NULL AS complete
  FROM looked_up AS l
),
published AS (
  SELECT j.*, CASE WHEN j.complete OR j.highest_iaqi > j.incomplete_above_aqi THEN j.highest_iaqi END AS aqi
  FROM judged AS j
)
SELECT p.site_id, p.observed_at, p.observed_at + INTERVAL 1 HOUR AS ends_at, p.aqi, l.level,
  primary_pollutants(p.aqi, p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi)
    AS primary_pollutants,
  p.edition,
  p.so2_ug_m3, p.no2_ug_m3, p.co_mg_m3, p.o3_ug_m3, p.pm10_ug_m3, p.pm25_ug_m3,
  p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi, p.simulated, p.reviewed, p.recorded_at
FROM published AS p
LEFT JOIN standards.aqi_level AS l USING (aqi)
