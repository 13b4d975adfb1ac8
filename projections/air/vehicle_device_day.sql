-- one row per roadside device and local day on which vehicles passed it; from air.vehicle_device_hour
-- kind: view
-- key: site_id, day
-- ask vehicle_device_days(since..until of day, site_id?): ORDER BY day, site_id
--   Days of roadside devices in [since, until], oldest first.
SELECT
  site_id,  -- !
  local_day(hour) AS day,  -- ! The local day.
  CAST(sum(passes) AS INTEGER) AS passes,  -- ! Vehicles that passed.
  CAST(sum(valid) AS INTEGER) AS valid,  -- !
  CAST(sum(exceeding) AS INTEGER) AS exceeding,  -- ! Valid passes in which a limit was exceeded.
  percent(sum(exceeding), sum(valid)) AS exceeding_percent,  -- Percent of valid passes.
  CAST(sum(captures) AS INTEGER) AS captures,  -- ! Captures of smoky vehicles.
  CAST(sum(confirmed) AS INTEGER) AS confirmed,  -- ! Those that people confirmed.
  bool_or(simulated) AS simulated  -- ! Whether anything that it follows from is a simulator's.
FROM air.vehicle_device_hour
GROUP BY site_id, local_day(hour)
