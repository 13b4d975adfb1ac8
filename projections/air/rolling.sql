-- one row per station and hour: the means of the hours that end with it; from air.hourly, standards.air_day_rule
-- kind: view
-- key: site_id, observed_at
-- A mean of 24 hours needs as many valid hours as a day's, one of 8 as many as an 8-hour mean (GB 3095 Table 4).
WITH summed AS (
  SELECT site_id, observed_at, ends_at, simulated, reviewed, recorded_at,
    count(so2_ug_m3) OVER day AS so2_hours, sum(ten_thousandths(so2_ug_m3)) OVER day AS so2,
    count(no2_ug_m3) OVER day AS no2_hours, sum(ten_thousandths(no2_ug_m3)) OVER day AS no2,
    count(co_mg_m3) OVER day AS co_hours, sum(ten_thousandths(co_mg_m3)) OVER day AS co,
    count(pm10_ug_m3) OVER day AS pm10_hours, sum(ten_thousandths(pm10_ug_m3)) OVER day AS pm10,
    count(pm25_ug_m3) OVER day AS pm25_hours, sum(ten_thousandths(pm25_ug_m3)) OVER day AS pm25,
    count(o3_ug_m3) OVER eight AS o3_hours, sum(ten_thousandths(o3_ug_m3)) OVER eight AS o3
  FROM air.hourly
  WINDOW
    day AS (PARTITION BY site_id ORDER BY observed_at RANGE BETWEEN INTERVAL 23 HOURS PRECEDING AND CURRENT ROW),
    eight AS (PARTITION BY site_id ORDER BY observed_at RANGE BETWEEN INTERVAL 7 HOURS PRECEDING AND CURRENT ROW)
)
SELECT site_id, observed_at, ends_at,
  CASE WHEN so2_hours >= enough_hours THEN half_even(CAST(so2 AS BIGINT), so2_hours * 10000) END AS so2_24h_ug_m3,
  CASE WHEN no2_hours >= enough_hours THEN half_even(CAST(no2 AS BIGINT), no2_hours * 10000) END AS no2_24h_ug_m3,
  CASE WHEN co_hours >= enough_hours THEN half_even(CAST(co AS BIGINT), co_hours * 1000) / 10 END AS co_24h_mg_m3,
  CASE WHEN pm10_hours >= enough_hours THEN half_even(CAST(pm10 AS BIGINT), pm10_hours * 10000) END AS pm10_24h_ug_m3,
  CASE WHEN pm25_hours >= enough_hours THEN half_even(CAST(pm25 AS BIGINT), pm25_hours * 10000) END AS pm25_24h_ug_m3,
  CASE WHEN o3_hours >= enough_of_eight THEN half_even(CAST(o3 AS BIGINT), o3_hours * 10000) END AS o3_8h_ug_m3,
  simulated, reviewed, recorded_at
FROM summed, standards.air_day_rule
