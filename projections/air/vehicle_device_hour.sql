-- one row per roadside device and hour in which vehicles passed it; from air.vehicle_pass, air.smoky_vehicle
-- kind: view
-- key: site_id, hour
-- hour is its start, UTC. captures and confirmed are those of smoky vehicles.
WITH passed AS (
  SELECT site_id, passed_at, valid, len(exceeded) > 0 AS exceeding, false AS captured, false AS confirmed, simulated
  FROM air.vehicle_pass
  UNION ALL
  SELECT site_id, passed_at, false, false, true, state = 'CONFIRMED', simulated FROM air.smoky_vehicle
)
SELECT
  site_id,
  date_trunc('hour', passed_at) AS hour,
  CAST(count(*) FILTER (NOT captured) AS INTEGER) AS passes,
  CAST(count(*) FILTER (valid) AS INTEGER) AS valid,
  CAST(count(*) FILTER (exceeding) AS INTEGER) AS exceeding,
  CAST(count(*) FILTER (captured) AS INTEGER) AS captures,
  CAST(count(*) FILTER (confirmed) AS INTEGER) AS confirmed,
  bool_or(simulated) AS simulated
FROM passed
GROUP BY site_id, date_trunc('hour', passed_at)
