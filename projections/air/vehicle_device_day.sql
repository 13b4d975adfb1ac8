-- one row per roadside device and local day on which vehicles passed it; from air.vehicle_device_hour
-- kind: view
-- key: site_id, day
SELECT
  site_id,
  local_day(hour) AS day,
  CAST(sum(passes) AS INTEGER) AS passes,
  CAST(sum(valid) AS INTEGER) AS valid,
  CAST(sum(exceeding) AS INTEGER) AS exceeding,
  percent(sum(exceeding), sum(valid)) AS exceeding_percent,
  CAST(sum(captures) AS INTEGER) AS captures,
  CAST(sum(confirmed) AS INTEGER) AS confirmed,
  bool_or(simulated) AS simulated
FROM air.vehicle_device_hour
GROUP BY site_id, local_day(hour)
