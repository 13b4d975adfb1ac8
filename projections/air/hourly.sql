-- one row per station and hour; from base.observation, base.reading, standards.air_editions, standards.air_item, standards.air_iaqi, standards.aqi_level
-- key: site_id, observed_at
-- affects base.observation: SELECT site_id, observed_at FROM changed WHERE topic = 'env1357.air' AND period = 'HOUR'
WITH edition AS (
  SELECT d.day, e.edition, e.incomplete_above_aqi
  FROM (SELECT DISTINCT local_day(observed_at) AS day FROM wanted) AS d
  JOIN standards.air_editions AS e
    ON d.day >= e.applies_from AND (e.applies_until IS NULL OR d.day <= e.applies_until)
),
said AS (
  SELECT
    site_id, observed_at, factor,
    arg_max_null(CASE WHEN set_aside IS NULL THEN value END, log_offset) AS value,
    arg_max_null(source = 'simulator', log_offset) AS simulated,
    max(recorded_at) AS recorded_at
  FROM base.reading
  SEMI JOIN wanted USING (site_id, observed_at)
  WHERE period = 'HOUR'
  GROUP BY ALL
),
judged AS (
  SELECT
    s.*, e.edition, e.incomplete_above_aqi, q.step IS NOT NULL AS complete, q.iaqi
  FROM said AS s
  LEFT JOIN edition AS e ON e.day = local_day(s.observed_at)
  LEFT JOIN standards.air_item AS i
    ON i.edition = e.edition AND i.report = 'hourly' AND i.factor = s.factor
  LEFT JOIN standards.air_iaqi AS q
    ON s.value IS NOT NULL AND q.item = i.item AND q.step = least(steps(s.value, i.per_unit), i.highest_step)
),
hour AS (
  SELECT
    site_id,
    observed_at,
    any_value(edition) AS edition,
    any_value(incomplete_above_aqi) AS incomplete_above_aqi,
    count(*) FILTER (complete) AS judged_factors,
    max(iaqi) AS highest_iaqi,
    max(value) FILTER (factor = 'SO2') AS so2_ug_m3,
    max(value) FILTER (factor = 'NO2') AS no2_ug_m3,
    max(value) FILTER (factor = 'CO') AS co_mg_m3,
    max(value) FILTER (factor = 'O3') AS o3_ug_m3,
    max(value) FILTER (factor = 'PM10') AS pm10_ug_m3,
    max(value) FILTER (factor = 'PM2.5') AS pm25_ug_m3,
    max(iaqi) FILTER (factor = 'SO2') AS so2_iaqi,
    max(iaqi) FILTER (factor = 'NO2') AS no2_iaqi,
    max(iaqi) FILTER (factor = 'CO') AS co_iaqi,
    max(iaqi) FILTER (factor = 'O3') AS o3_iaqi,
    max(iaqi) FILTER (factor = 'PM10') AS pm10_iaqi,
    max(iaqi) FILTER (factor = 'PM2.5') AS pm25_iaqi,
    bool_or(simulated) AS simulated,
    max(recorded_at) AS recorded_at
  FROM judged
  GROUP BY ALL
),
published AS (
  SELECT
    h.*,
    CASE WHEN h.judged_factors = n.factors OR h.highest_iaqi > h.incomplete_above_aqi
         THEN h.highest_iaqi END AS aqi
  FROM hour AS h
  LEFT JOIN (SELECT edition, count(*) AS factors FROM standards.air_item WHERE report = 'hourly'
             GROUP BY ALL) AS n USING (edition)
)
SELECT
  p.site_id,
  p.observed_at,
  p.observed_at + INTERVAL 1 HOUR AS ends_at,
  p.aqi,
  l.level,
  primary_pollutants(p.aqi, p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi)
    AS primary_pollutants,
  p.edition,
  p.so2_ug_m3, p.no2_ug_m3, p.co_mg_m3, p.o3_ug_m3, p.pm10_ug_m3, p.pm25_ug_m3,
  p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi,
  p.simulated,
  p.recorded_at
FROM published AS p
LEFT JOIN standards.aqi_level AS l USING (aqi)
