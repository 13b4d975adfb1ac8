-- one row per connection of the water network, as a line between its two ends; from water.connection, base.site
-- kind: view
-- key: id
SELECT
  c.connection_id AS id,  -- ! Code of the connection.
  'connection' AS kind,  -- ! public Its kind.
  a.name_zh || '→' || b.name_zh AS name_zh,  -- ! Its two ends in Chinese.
  a.name_en || ' → ' || b.name_en AS name_en,  -- ! Its two ends in English.
  c.from_kind,  -- !
  c.from_id,  -- !
  c.to_kind,  -- !
  c.to_id,  -- !
  c.medium,  -- !
  c.length_km,
  c.source = 'simulator' AS simulated,  -- ! public Whether a simulator registered it.
  a.lon AS from_lon,  -- public Longitude of where it begins.
  a.lat AS from_lat,  -- public Latitude of where it begins.
  b.lon AS to_lon,  -- public Longitude of where it ends.
  b.lat AS to_lat  -- public Latitude of where it ends.
FROM water.connection AS c
JOIN base.site AS a ON a.site_id = c.from_id
JOIN base.site AS b ON b.site_id = c.to_id
