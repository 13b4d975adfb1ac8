-- one row per outfall into a river or lake; from base.site
-- kind: view
-- key: id
SELECT
  s.site_id AS id,  -- ! Its code.
  s.kind,  -- ! station, river, parcel and so on.
  s.name_zh,  -- !
  s.name_en,  -- !
  s.lon,
  s.lat,
  s.position_quality,
  s.source = 'simulator' AS simulated,  -- ! public Whether a simulator registered it.
  s.water_body_id
FROM base.site AS s
WHERE s.kind = 'outfall'
