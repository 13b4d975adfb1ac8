-- one row per site, by the last word of the register that claimed its id first; from places, base.site_retired, base.site_reinstated
-- key: site_id
-- ask sites(theme?, kind?): ORDER BY site_id
--   Sites in order of their codes, of one theme or kind where given.
-- Which claim is the first is told by recorded_at and, of the same microsecond, by event_id: in whatever order
-- registers are read. Registrations for another kind stand in base.second_claim.
WITH registered AS (FROM places()),
claim AS (
  FROM registered
  QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY recorded_at, event_id, kind) = 1
)
SELECT
  r.site_id,  -- ! Its code.
  r.theme,  -- ! air, water, soil, risk, enforcement or district.
  r.kind,  -- ! station, river, lake, section, outfall, well, enterprise and so on.
  r.name_zh,  -- ! Its name in Chinese.
  r.name_en,  -- ! Its name in English.
  r.lon,  -- Longitude, degrees east, WGS 84.
  r.lat,  -- Latitude, degrees north, WGS 84.
  CAST(r.position_quality AS VARCHAR) AS position_quality,  -- ! public SURVEYED, PUBLISHED or APPROXIMATE.
  r.position_source,  -- ! Where the position comes from.
  r.water_body_id,
  if(r.kind = 'lake', 'LAKE', r.water_body_kind) AS water_body_kind,
  TRY_CAST(r.target_class AS TINYINT) AS target_class,  -- For waters: the class of GB 3838 to be reached.
  r.subdistrict_id,  -- The subdistrict that it stands in, where known.
  coalesce(l.status, 'IN_USE') AS status,  -- ! IN_USE, or RETIRED: it observes nothing from then on.
  if(l.status = 'RETIRED', l.status_since, NULL) AS retired_at,  -- Since when it is retired; null where it is not.
  c.recorded_at AS claimed_at,  -- ! When its code was first registered, which fixed its kind.
  greatest(r.recorded_at, l.recorded_at) AS recorded_at,
  r.source  -- ! Who registered it; `simulator` where it is not real.
FROM registered AS r
JOIN claim AS c ON c.site_id = r.site_id AND c.kind = r.kind
LEFT JOIN life(site) AS l ON l.site_id = r.site_id
QUALIFY row_number() OVER (PARTITION BY r.site_id ORDER BY r.sequence DESC, r.event_id) = 1
