-- one row per enterprise that a manifest of hazardous waste names; from base.site, soil.manifest
-- kind: view
-- key: id
WITH party AS (
  SELECT unnest(list_distinct([generator_id, carrier_id, receiver_id])) AS id, generator_id, receiver_id,
    source = 'simulator' AS made_up
  FROM soil.manifest
),
parties AS (
  SELECT id, count(*) FILTER (generator_id = id AND NOT made_up) AS issued,
    count(*) FILTER (receiver_id = id AND NOT made_up) AS receiving,
    count(*) FILTER (generator_id = id AND made_up) AS simulated_issued,
    count(*) FILTER (receiver_id = id AND made_up) AS simulated_receiving
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
  p.receiving,  -- ! public How many name it as the receiver.
  p.simulated_issued,  -- ! public How many it issued that a simulator made up.
  p.simulated_receiving  -- ! public How many name it that a simulator made up.
FROM base.site AS s
JOIN parties AS p ON p.id = s.site_id
WHERE s.kind = 'enterprise'
