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
valid AS (
  UNPIVOT (SELECT site_id, day, hour, so2_ug_m3 AS "SO2", no2_ug_m3 AS "NO2", co_mg_m3 AS "CO",
                  o3_ug_m3 AS "O3", pm10_ug_m3 AS "PM10", pm25_ug_m3 AS "PM2.5" FROM hour)
  ON "SO2", "NO2", "CO", "O3", "PM10", "PM2.5" INTO NAME factor VALUE value
),
exact AS (
  SELECT v.site_id, v.day, v.hour, v.factor, ten_thousandths(v.value) * CAST(f.per_unit AS BIGINT) AS amount
  FROM valid AS v JOIN standards.factor AS f USING (factor)
),
day_mean AS (
  SELECT site_id, day, factor, count(*) AS hours, half_even(CAST(sum(amount) AS BIGINT), count(*) * 10000) AS step
  FROM exact WHERE factor <> 'O3' GROUP BY ALL
),
part_of_window AS (
  SELECT w.window_end, unnest(range(w.window_end - 8, w.window_end)) AS hour
  FROM rule, range(25) AS w(window_end)
  WHERE w.window_end >= rule.first_end
),
window_mean AS (
  SELECT o.site_id, o.day, p.window_end, half_even(CAST(sum(o.amount) AS BIGINT), count(*) * 10000) AS step
  FROM exact AS o JOIN part_of_window AS p USING (hour)
  WHERE o.factor = 'O3'
  GROUP BY ALL
  HAVING count(*) >= (SELECT eight_hour_mean_hours FROM rule)
),
day_maximum AS (
  SELECT site_id, day, count(*) AS windows, max(step) AS step FROM window_mean GROUP BY ALL
),
hour_maximum AS (
  SELECT site_id, day, count(*) AS hours, max(half_even(amount, 10000)) AS step
  FROM exact WHERE factor = 'O3' GROUP BY ALL
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
