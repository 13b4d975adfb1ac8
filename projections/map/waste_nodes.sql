-- one row per enterprise that a manifest of hazardous waste names; from base.site, soil.manifest
-- kind: view
-- key: id
WITH party AS (
  SELECT unnest(list_distinct([generator_id, carrier_id, receiver_id])) AS id, generator_id, receiver_id FROM soil.manifest
),
parties AS (
  SELECT id, count(*) FILTER (generator_id = id) AS issued, count(*) FILTER (receiver_id = id) AS receiving
  FROM party GROUP BY id
)
SELECT
  s.site_id AS id,  -- ! Its code.
  s.kind,  -- ! station, river, parcel and so on.
  s.name_zh,  -- !
  s.name_en,  -- !
  s.lon,
  s.lat,
  s.position_quality,
  s.source = 'simulator' AS simulated,  -- ! public Whether a simulator registered it.
  p.issued,  -- ! public How many manifests it issued.
  p.receiving  -- ! public How many name it as the receiver.
FROM base.site AS s
JOIN parties AS p ON p.id = s.site_id
WHERE s.kind = 'enterprise'
