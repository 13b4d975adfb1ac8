-- one row per area and local day: the means of its stations' days, judged; from air.area, air.daily, standards.air_editions, standards.air_report_items, standards.air_iaqi, standards.aqi_level, standards.air_validity
-- kind: view
-- key: area_id, day
-- A pollutant's mean needs a share of the stations that HJ 663 gives (from-knowledge); areas are judged by the six
-- items of HJ 633-2026 4.2.2 in every edition, since the highest hour of ozone is not a matter of areas.
WITH member AS (
  SELECT area_id, len(site_ids) AS sites, unnest(site_ids) AS site_id FROM air.area
),
station_day AS (
  SELECT m.area_id, m.sites, d.day, d.simulated, d.reviewed, d.recorded_at, d.so2_ug_m3, d.no2_ug_m3,
    d.co_mg_m3 * 10 AS co, d.o3_8h_ug_m3, d.pm10_ug_m3, d.pm25_ug_m3
  FROM member AS m JOIN air.daily AS d USING (site_id)
),
whole AS (
  SELECT area_id, day, any_value(sites) AS sites, bool_or(simulated) AS simulated, bool_and(reviewed) AS reviewed,
    max(recorded_at) AS recorded_at
  FROM station_day GROUP BY area_id, day
),
amount AS (
  UNPIVOT (SELECT * EXCLUDE (simulated, reviewed, recorded_at) FROM station_day)
  ON so2_ug_m3 AS 'SO2', no2_ug_m3 AS 'NO2', co AS 'CO', o3_8h_ug_m3 AS 'O3', pm10_ug_m3 AS 'PM10',
    pm25_ug_m3 AS 'PM2.5' INTO NAME factor VALUE step
),
mean AS (
  SELECT area_id, day, factor, half_even(CAST(round(sum(step)) AS BIGINT), count(*)) AS step
  FROM amount, (SELECT value AS share FROM standards.air_validity WHERE rule = 'area_share')
  GROUP BY area_id, day, factor, sites, share
  HAVING count(*) * 100 >= share * sites
),
judged AS (
  SELECT m.area_id, m.day, m.factor, m.step, e.edition, e.incomplete_above_aqi, q.iaqi
  FROM mean AS m
  JOIN standards.air_editions AS e
    ON m.day >= e.applies_from AND (e.applies_until IS NULL OR m.day <= e.applies_until)
  JOIN standards.air_iaqi AS q
    ON q.report = 'daily' AND q.edition = e.edition AND q.factor = m.factor AND q.step = least(m.step, highest_step())
    AND q.statistic IN ('day mean', 'day maximum of 8-hour means')
),
verdict AS (
  SELECT area_id, day, any_value(edition) AS edition, any_value(incomplete_above_aqi) AS incomplete_above_aqi,
    count(*) AS items, max(iaqi) AS highest_iaqi,
    max(step) FILTER (factor = 'SO2') AS so2_ug_m3, max(step) FILTER (factor = 'NO2') AS no2_ug_m3,
    max(step) FILTER (factor = 'CO') / 10 AS co_mg_m3, max(step) FILTER (factor = 'O3') AS o3_8h_ug_m3,
    max(step) FILTER (factor = 'PM10') AS pm10_ug_m3, max(step) FILTER (factor = 'PM2.5') AS pm25_ug_m3,
    max(iaqi) FILTER (factor = 'SO2') AS so2_iaqi, max(iaqi) FILTER (factor = 'NO2') AS no2_iaqi,
    max(iaqi) FILTER (factor = 'CO') AS co_iaqi, max(iaqi) FILTER (factor = 'O3') AS o3_iaqi,
    max(iaqi) FILTER (factor = 'PM10') AS pm10_iaqi, max(iaqi) FILTER (factor = 'PM2.5') AS pm25_iaqi
  FROM judged GROUP BY ALL
),
published AS (
  SELECT w.area_id, w.day, w.sites, w.simulated, w.reviewed, w.recorded_at, v.* EXCLUDE (area_id, day),
    CASE WHEN v.items = 6 OR v.highest_iaqi > v.incomplete_above_aqi THEN v.highest_iaqi END AS aqi
  FROM whole AS w LEFT JOIN verdict AS v USING (area_id, day)
)
SELECT p.area_id, p.day, p.aqi, l.level,
  primary_pollutants(p.aqi, p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi)
    AS primary_pollutants,
  p.edition, p.so2_ug_m3, p.no2_ug_m3, p.co_mg_m3, p.o3_8h_ug_m3, p.pm10_ug_m3, p.pm25_ug_m3,
  p.sites, p.simulated, p.reviewed, p.recorded_at
FROM published AS p
LEFT JOIN standards.aqi_level AS l USING (aqi)
