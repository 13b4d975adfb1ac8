-- one row per station and local day; from air.hourly, air.daily_statistic, standards.air_editions, standards.air_report_items, standards.air_iaqi, standards.aqi_level
-- key: site_id, day
-- affects air.hourly: SELECT site_id, local_day(observed_at) AS day FROM changed
WITH edition AS (
  SELECT d.day, e.edition, e.incomplete_above_aqi
  FROM (SELECT DISTINCT day FROM wanted) AS d
  JOIN standards.air_editions AS e
    ON d.day >= e.applies_from AND (e.applies_until IS NULL OR d.day <= e.applies_until)
),
judged AS (
  SELECT s.*, q.step IS NOT NULL AS complete, q.iaqi
  FROM air.daily_statistic AS s
  SEMI JOIN wanted USING (site_id, day)
  LEFT JOIN edition AS e USING (day)
  LEFT JOIN standards.air_iaqi AS q
    ON q.report = 'daily' AND q.edition = e.edition AND q.factor = s.factor AND q.statistic = s.statistic
    AND s.step IS NOT NULL AND q.step = least(s.step, highest_step())
),
verdict AS (
  SELECT site_id, day,
    count(*) FILTER (complete) AS judged_items,
    max(iaqi) AS highest_iaqi,
    max(step) FILTER (factor = 'SO2') AS so2_ug_m3,
    max(step) FILTER (factor = 'NO2') AS no2_ug_m3,
    max(step) FILTER (factor = 'CO') / 10 AS co_mg_m3,
    max(step) FILTER (statistic = 'day maximum of 8-hour means') AS o3_8h_ug_m3,
    max(step) FILTER (factor = 'PM10') AS pm10_ug_m3,
    max(step) FILTER (factor = 'PM2.5') AS pm25_ug_m3,
    max(iaqi) FILTER (factor = 'SO2') AS so2_iaqi,
    max(iaqi) FILTER (factor = 'NO2') AS no2_iaqi,
    max(iaqi) FILTER (factor = 'CO') AS co_iaqi,
    max(iaqi) FILTER (factor = 'O3') AS o3_iaqi,
    max(iaqi) FILTER (factor = 'PM10') AS pm10_iaqi,
    max(iaqi) FILTER (factor = 'PM2.5') AS pm25_iaqi
  FROM judged GROUP BY ALL
),
hours AS (
  SELECT site_id, local_day(observed_at) AS day, count(*) AS hours,
    bool_or(simulated) AS simulated, bool_and(reviewed) AS reviewed, max(recorded_at) AS recorded_at
  FROM air.hourly
  SEMI JOIN (
    SELECT site_id, day_start(day) + to_hours(hour) AS observed_at FROM wanted, range(24) AS h(hour)
  ) AS slot USING (site_id, observed_at)
  GROUP BY ALL
),
published AS (
  SELECT v.*, e.edition,
    CASE WHEN v.judged_items = n.items OR v.highest_iaqi > e.incomplete_above_aqi THEN v.highest_iaqi END AS aqi
  FROM verdict AS v
  LEFT JOIN edition AS e USING (day)
  LEFT JOIN (SELECT edition, count(*) AS items FROM standards.air_report_items WHERE report = 'daily'
             GROUP BY ALL) AS n USING (edition)
)
SELECT
  h.site_id, h.day, p.aqi, l.level,
  primary_pollutants(p.aqi, p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi)
    AS primary_pollutants,
  p.edition,
  p.so2_ug_m3, p.no2_ug_m3, p.co_mg_m3, p.o3_8h_ug_m3, p.pm10_ug_m3, p.pm25_ug_m3,
  p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi,
  h.hours, h.simulated, h.reviewed, h.recorded_at
FROM hours AS h
LEFT JOIN published AS p USING (site_id, day)
LEFT JOIN standards.aqi_level AS l USING (aqi)
