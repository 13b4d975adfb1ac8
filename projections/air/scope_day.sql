-- one row per station or area and local day; from air.daily, air.area_daily
-- kind: view
-- key: scope_id, day
SELECT site_id AS scope_id, 'station' AS scope_kind, day, aqi, level, primary_pollutants, edition,
  so2_ug_m3, no2_ug_m3, co_mg_m3, o3_8h_ug_m3, pm10_ug_m3, pm25_ug_m3, simulated, reviewed, recorded_at
FROM air.daily
UNION ALL
SELECT area_id AS scope_id, 'area' AS scope_kind, day, aqi, level, primary_pollutants, edition,
  so2_ug_m3, no2_ug_m3, co_mg_m3, o3_8h_ug_m3, pm10_ug_m3, pm25_ug_m3, simulated, reviewed, recorded_at
FROM air.area_daily
