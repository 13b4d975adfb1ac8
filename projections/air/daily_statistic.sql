-- one row per station, local day, pollutant and statistic that a daily AQI is made of; from air.hourly, standards.air_validity, standards.air_window, standards.factor
-- key: site_id, day
-- affects air.hourly: SELECT site_id, local_day(observed_at) AS day FROM changed
-- step is null where the day has too few valid hours or windows (GB 3095 Table 4, HJ 663 6.1.2); otherwise the
-- statistic in whole steps of 1/per_unit of the factor's unit, rounded by GB/T 8170.
WITH rule AS (
  SELECT
    CAST(max(value) FILTER (rule = 'day_mean_hours') AS BIGINT) AS day_mean_hours,
    CAST(max(value) FILTER (rule = 'eight_hour_mean_hours') AS BIGINT) AS eight_hour_mean_hours,
    CAST(max(value) FILTER (rule = 'day_maximum_8h_windows') AS BIGINT) AS enough_windows,
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
long AS (
  SELECT site_id, day, unnest(['SO2', 'NO2', 'CO', 'PM10', 'PM2.5']) AS factor,
    unnest([count(so2_ug_m3), count(no2_ug_m3), count(co_mg_m3), count(pm10_ug_m3), count(pm25_ug_m3)]) AS hours,
    unnest([sum(ten_thousandths(so2_ug_m3)), sum(ten_thousandths(no2_ug_m3)), sum(ten_thousandths(co_mg_m3)),
      sum(ten_thousandths(pm10_ug_m3)), sum(ten_thousandths(pm25_ug_m3))]) AS amount
  FROM hour GROUP BY site_id, day
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
window_mean AS (
  SELECT o.site_id, o.day, p.window_end, half_even(CAST(sum(o.amount) AS BIGINT), count(*) * 10000) AS step
  FROM ozone AS o JOIN standards.air_window AS p USING (hour)
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
