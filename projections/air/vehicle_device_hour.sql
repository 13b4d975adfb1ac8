-- one row per roadside device and hour in which vehicles passed it; from air.vehicle_pass, air.smoky_vehicle
-- kind: view
-- key: site_id, hour
-- ask vehicle_device_hours(since..until of hour, site_id?): ORDER BY hour, site_id
--   Hours of roadside devices that start in [since, until), oldest first.
-- hour is its start, UTC. captures and confirmed are those of smoky vehicles.
WITH passed AS (
  SELECT site_id, passed_at, valid, len(exceeded) > 0 AS exceeding, false AS captured, false AS confirmed, simulated
  FROM air.vehicle_pass
  UNION ALL
  SELECT site_id, passed_at, false, false, true, state = 'CONFIRMED', simulated FROM air.smoky_vehicle
)
SELECT
  site_id,  -- !
  date_trunc('hour', passed_at) AS hour,  -- ! Start of the hour, UTC.
  CAST(count(*) FILTER (NOT captured) AS INTEGER) AS passes,  -- ! Vehicles that passed.
  CAST(count(*) FILTER (valid) AS INTEGER) AS valid,  -- !
  CAST(count(*) FILTER (exceeding) AS INTEGER) AS exceeding,  -- ! Valid passes in which a limit was exceeded.
  CAST(count(*) FILTER (captured) AS INTEGER) AS captures,  -- ! Captures of smoky vehicles.
  CAST(count(*) FILTER (confirmed) AS INTEGER) AS confirmed,  -- ! Captures that people confirmed.
  bool_or(simulated) AS simulated  -- ! Whether anything that it follows from is a simulator's.
FROM passed
GROUP BY site_id, date_trunc('hour', passed_at)
