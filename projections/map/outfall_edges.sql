-- one row per connection of the water network between such waters, plants and outfalls; from map.connection
-- kind: view
-- key: id
SELECT id, kind, name_zh, name_en, from_id, to_id, medium, length_km, simulated, from_lon, from_lat, to_lon, to_lat
FROM map.connection
WHERE from_kind IN ('enterprise', 'sewer', 'plant', 'outfall', 'river', 'lake')
  AND to_kind IN ('enterprise', 'sewer', 'plant', 'outfall', 'river', 'lake')
