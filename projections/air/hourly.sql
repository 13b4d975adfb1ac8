-- one row per station and hour; from base.observation, base.reading, base.check_mark, base.review_mark, base.barred, standards.air_editions, standards.air_iaqi, standards.aqi_level
-- key: site_id, observed_at
-- affects base.observation: SELECT site_id, observed_at FROM changed WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.check_mark: SELECT site_id, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.air' AND period = 'HOUR') USING (site_id, period, observed_at) WHERE EXISTS (FROM standards.check WHERE kind = 'rate' AND verdict = 'INVALID')
-- affects base.review_mark: SELECT site_id, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.air' AND period = 'HOUR') USING (site_id, period, observed_at)
WITH edition AS (
  SELECT d.day, e.edition, e.incomplete_above_aqi
  FROM (SELECT DISTINCT local_day(observed_at) AS day FROM wanted) AS d
  JOIN standards.air_editions AS e
    ON d.day >= e.applies_from AND (e.applies_until IS NULL OR d.day <= e.applies_until)
),
scale AS (SELECT edition, factor, step, iaqi FROM standards.air_iaqi WHERE report = 'hourly'),
reading AS (
  SELECT r.site_id, r.observed_at, r.factor, r.log_offset, r.recorded_at, r.source = 'simulator' AS simulated,
    CASE WHEN r.set_aside IS NULL AND b.site_id IS NULL THEN r.value END AS value
  FROM base.reading AS r
  SEMI JOIN wanted USING (site_id, observed_at)
  LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
  WHERE r.period = 'HOUR'
),
said AS (  -- the last word on each pollutant, and whether a simulator had it
  SELECT site_id, observed_at, max(recorded_at) AS recorded_at,
    arg_max_null(value, log_offset) FILTER (factor = 'SO2') AS so2_ug_m3,
    arg_max_null(value, log_offset) FILTER (factor = 'NO2') AS no2_ug_m3,
    arg_max_null(value, log_offset) FILTER (factor = 'CO') AS co_mg_m3,
    arg_max_null(value, log_offset) FILTER (factor = 'O3') AS o3_ug_m3,
    arg_max_null(value, log_offset) FILTER (factor = 'PM10') AS pm10_ug_m3,
    arg_max_null(value, log_offset) FILTER (factor = 'PM2.5') AS pm25_ug_m3,
    arg_max_null(simulated, log_offset) FILTER (factor = 'SO2') IS TRUE
    OR arg_max_null(simulated, log_offset) FILTER (factor = 'NO2') IS TRUE
    OR arg_max_null(simulated, log_offset) FILTER (factor = 'CO') IS TRUE
    OR arg_max_null(simulated, log_offset) FILTER (factor = 'O3') IS TRUE
    OR arg_max_null(simulated, log_offset) FILTER (factor = 'PM10') IS TRUE
    OR arg_max_null(simulated, log_offset) FILTER (factor = 'PM2.5') IS TRUE AS simulated
  FROM reading GROUP BY ALL
),
dated AS (
  SELECT s.*, e.edition, e.incomplete_above_aqi
  FROM said AS s LEFT JOIN edition AS e ON e.day = local_day(s.observed_at)
),
judged AS (
  SELECT d.*, so2.iaqi AS so2_iaqi, no2.iaqi AS no2_iaqi, co.iaqi AS co_iaqi,
    o3.iaqi AS o3_iaqi, pm10.iaqi AS pm10_iaqi, pm25.iaqi AS pm25_iaqi,
    greatest(so2.iaqi, no2.iaqi, co.iaqi, o3.iaqi, pm10.iaqi, pm25.iaqi) AS highest_iaqi,
    so2.step + no2.step + co.step + o3.step + pm10.step + pm25.step IS NOT NULL AS complete
  FROM dated AS d
  LEFT JOIN scale AS so2
    ON so2.factor = 'SO2' AND so2.edition = d.edition AND so2.step = whole_micrograms(d.so2_ug_m3)
  LEFT JOIN scale AS no2
    ON no2.factor = 'NO2' AND no2.edition = d.edition AND no2.step = whole_micrograms(d.no2_ug_m3)
  LEFT JOIN scale AS co
    ON co.factor = 'CO' AND co.edition = d.edition AND co.step = tenths_of_milligrams(d.co_mg_m3)
  LEFT JOIN scale AS o3
    ON o3.factor = 'O3' AND o3.edition = d.edition AND o3.step = whole_micrograms(d.o3_ug_m3)
  LEFT JOIN scale AS pm10
    ON pm10.factor = 'PM10' AND pm10.edition = d.edition AND pm10.step = whole_micrograms(d.pm10_ug_m3)
  LEFT JOIN scale AS pm25
    ON pm25.factor = 'PM2.5' AND pm25.edition = d.edition AND pm25.step = whole_micrograms(d.pm25_ug_m3)
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
  p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi, p.simulated, p.recorded_at
FROM published AS p
LEFT JOIN standards.aqi_level AS l USING (aqi)
