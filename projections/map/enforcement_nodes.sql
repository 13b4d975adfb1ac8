-- one row per enterprise with its permit, inspections and cases; from base.site, enforcement.enterprise
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
  e.permit_no,
  e.inspections,
  e.cases,
  e.open_cases
FROM base.site AS s
JOIN enforcement.enterprise AS e ON e.enterprise_id = s.site_id
WHERE s.kind = 'enterprise'
