-- one row per station, local day, pollutant and statistic that a daily AQI is made of; from air.hourly, standards.air_validity, standards.factor
-- key: site_id, day
-- affects air.hourly: SELECT site_id, local_day(observed_at) AS day FROM changed
-- step is null where the day has too few valid hours or windows (GB 3095 Table 4, HJ 663 6.1.2); otherwise the
-- statistic in whole steps of 1/per_unit of the factor's unit, rounded by GB/T 8170.
WITH rule AS (
  SELECT
    CAST(max(value) FILTER (rule = 'day_mean_hours') AS BIGINT) AS day_mean_hours,
    CAST(max(value) FILTER (rule = 'eight_hour_mean_hours') AS BIGINT) AS eight_hour_mean_hours,
    CAST(max(value) FILTER (rule = 'day_maximum_8h_windows') AS BIGINT) AS enough_windows,
    CAST(max(value) FILTER (rule = 'first_8h_window_end') AS BIGINT) AS first_end,
    CAST(max(value) FILTER (rule = 'day_maximum_8h_limit') AS BIGINT) AS sure_above
  FROM standards.air_validity
),
slot AS (
  SELECT site_id, day, h.hour, day_start(day) + to_hours(h.hour) AS observed_at
  FROM wanted, range(24) AS h(hour)
),
hour AS (
  SELECT s.day, s.hour, a.* FROM air.hourly AS a JOIN slot AS s USING (site_id, observed_at)
),
total AS (
  SELECT site_id, day,
    count(so2_ug_m3) AS so2_hours, sum(ten_thousandths(so2_ug_m3)) AS so2,
    count(no2_ug_m3) AS no2_hours, sum(ten_thousandths(no2_ug_m3)) AS no2,
    count(co_mg_m3) AS co_hours, sum(ten_thousandths(co_mg_m3)) AS co,
    count(pm10_ug_m3) AS pm10_hours, sum(ten_thousandths(pm10_ug_m3)) AS pm10,
    count(pm25_ug_m3) AS pm25_hours, sum(ten_thousandths(pm25_ug_m3)) AS pm25
  FROM hour GROUP BY ALL
),
long AS (
  UNPIVOT total ON (so2_hours, so2) AS 'SO2', (no2_hours, no2) AS 'NO2', (co_hours, co) AS 'CO',
    (pm10_hours, pm10) AS 'PM10', (pm25_hours, pm25) AS 'PM2.5' INTO NAME factor VALUE hours, amount
),
day_mean AS (
  SELECT l.site_id, l.day, l.factor, l.hours,
    half_even(CAST(l.amount AS BIGINT) * CAST(f.per_unit AS BIGINT), l.hours * 10000) AS step
  FROM long AS l JOIN standards.factor AS f USING (factor)
  WHERE l.hours > 0
),
ozone AS (
  SELECT site_id, day, hour, ten_thousandths(o3_ug_m3) AS amount FROM hour WHERE o3_ug_m3 IS NOT NULL
),
part_of_window AS (
  SELECT w.window_end, unnest(range(w.window_end - 8, w.window_end)) AS hour
  FROM rule, range(25) AS w(window_end)
  WHERE w.window_end >= rule.first_end
),
window_mean AS (
  SELECT o.site_id, o.day, p.window_end, half_even(CAST(sum(o.amount) AS BIGINT), count(*) * 10000) AS step
  FROM ozone AS o JOIN part_of_window AS p USING (hour)
  GROUP BY ALL
  HAVING count(*) >= (SELECT eight_hour_mean_hours FROM rule)
),
day_maximum AS (
  SELECT site_id, day, count(*) AS windows, max(step) AS step FROM window_mean GROUP BY ALL
),
hour_maximum AS (
  SELECT site_id, day, count(*) AS hours, max(half_even(amount, 10000)) AS step
  FROM ozone GROUP BY ALL
)
SELECT site_id, day, factor, 'day mean' AS statistic, hours AS parts,
  CASE WHEN hours >= day_mean_hours THEN step END AS step
FROM day_mean, rule
UNION ALL
SELECT site_id, day, 'O3', 'day maximum of 8-hour means', windows,
  CASE WHEN windows >= enough_windows OR step > sure_above THEN step END
FROM day_maximum, rule
UNION ALL
SELECT site_id, day, 'O3', 'day maximum of hour means', hours,
  CASE WHEN hours >= day_mean_hours THEN step END
FROM hour_maximum, rule
