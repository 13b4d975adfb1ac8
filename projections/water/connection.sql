-- one row per connection of the water network that there is, by the last word on it; from base.connection_registered, base.connection_removed
-- kind: view
-- key: connection_id
-- ask water_connections(): ORDER BY connection_id
--   The connections of the water network, in order of their codes.
WITH entry AS (
  FROM last(base.connection_registered)
)
SELECT
  e.connection_id,  -- !
  e.from_kind,  -- !
  e.from_id,  -- !
  e.to_kind,  -- !
  e.to_id,  -- !
  e.medium,  -- ! SEWAGE, EFFLUENT, STORMWATER or RIVER_WATER.
  e.length_km,
  e.leaves_at_km,  -- Place on the river that it leaves.
  e.enters_at_km,  -- Place on the river that it enters.
  e.source,  -- !
  e.recorded_at
FROM entry AS e
ANTI JOIN base.connection_removed AS r ON r.connection_id = e.connection_id AND r.sequence > e.sequence
