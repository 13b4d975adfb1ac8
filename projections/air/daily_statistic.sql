-- one row per station, local day, pollutant and statistic that a daily AQI is made of; from air.hourly, standards.air_day_rule, standards.factor
-- key: site_id, day
-- affects air.hourly: SELECT site_id, local_day(observed_at) AS day FROM changed
-- parts: valid hours, or windows of eight hours within the day. step is null where they are too few (GB 3095 Table 4,
-- HJ 663 6.1.2), else the statistic in whole steps of 1/per_unit of the factor's unit, rounded by GB/T 8170. hours,
-- levels (of each hour from midnight on), simulated, reviewed and recorded_at are the day's.
WITH hour AS (
  SELECT s.day, s.hour, s.site_id, a.* EXCLUDE (site_id, day),
    count(a.o3_ug_m3) OVER eight AS o3_hours, sum(ten_thousandths(a.o3_ug_m3)) OVER eight AS o3_amount
  FROM (SELECT site_id, day, hour, day_start(day) + to_hours(hour) AS observed_at FROM wanted, range(24) AS h(hour)) AS s
  LEFT JOIN air.hourly AS a ON a.site_id = s.site_id AND a.day = s.day AND a.observed_at = s.observed_at
  WINDOW eight AS (PARTITION BY s.site_id, s.day ORDER BY s.hour ROWS BETWEEN 7 PRECEDING AND CURRENT ROW)
),
day AS (
  SELECT site_id, day, count(ends_at) AS hours, list(level ORDER BY hour) AS levels, bool_or(simulated) AS simulated, bool_and(reviewed) AS reviewed,
    max(recorded_at) AS recorded_at,
    [count(so2_ug_m3), count(no2_ug_m3), count(co_mg_m3), count(pm10_ug_m3), count(pm25_ug_m3), count(o3_ug_m3),
      count(*) FILTER (hour >= first_end - 1 AND o3_hours >= enough_of_eight)] AS parts,
    [sum(ten_thousandths(so2_ug_m3)), sum(ten_thousandths(no2_ug_m3)), sum(ten_thousandths(co_mg_m3)),
      sum(ten_thousandths(pm10_ug_m3)), sum(ten_thousandths(pm25_ug_m3)), max(ten_thousandths(o3_ug_m3)),
      max(half_even(CAST(o3_amount AS BIGINT), o3_hours * 10000))
        FILTER (hour >= first_end - 1 AND o3_hours >= enough_of_eight) * 10000] AS amounts
  FROM hour, standards.air_day_rule GROUP BY site_id, day HAVING count(ends_at) > 0
),
total AS (
  SELECT site_id, day, hours, levels, simulated, reviewed, recorded_at,
    unnest(['SO2', 'NO2', 'CO', 'PM10', 'PM2.5', 'O3', 'O3']) AS factor,
    unnest(['day mean', 'day mean', 'day mean', 'day mean', 'day mean', 'day maximum of hour means',
      'day maximum of 8-hour means']) AS statistic,
    unnest(parts) AS parts, CAST(unnest(amounts) AS BIGINT) AS amount
  FROM day
)
SELECT t.site_id, t.day, t.factor, t.statistic, t.parts,
  CASE WHEN t.parts > 0 AND CASE t.statistic WHEN 'day maximum of 8-hour means'
      THEN t.parts >= enough_windows OR t.amount > sure_above * 10000 ELSE t.parts >= enough_hours END
    THEN half_even(t.amount * CAST(f.per_unit AS BIGINT), if(t.statistic = 'day mean', t.parts, 1) * 10000) END AS step,
  t.hours, t.levels, t.simulated, t.reviewed, t.recorded_at
FROM total AS t JOIN standards.factor AS f USING (factor), standards.air_day_rule
