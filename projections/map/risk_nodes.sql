-- one row per risk source, receptor and incident; from base.site, risk.incident
-- kind: view
-- key: id
WITH node AS (
  SELECT site_id AS id, kind, name_zh, name_en, lon, lat, position_quality, source = 'simulator' AS simulated
  FROM base.site WHERE kind IN ('risk_source', 'receptor')
  UNION ALL BY NAME
  SELECT incident_id AS id, 'incident' AS kind, title_zh AS name_zh, title_en AS name_en, lon, lat,
    source = 'simulator' AS simulated, level, status
  FROM risk.incident
)
SELECT
  n.id,  -- ! public Code of the place or number of the incident.
  n.kind,  -- ! public risk_source, receptor or incident.
  n.name_zh,  -- ! public Its name or title in Chinese.
  n.name_en,  -- ! public Its name or title in English.
  n.lon,
  n.lat,
  n.position_quality,  -- public SURVEYED, PUBLISHED or APPROXIMATE.
  n.simulated,  -- ! public Whether a simulator says so.
  n.level,  -- public Of an incident: 1 particularly major to 4 general.
  n.status  -- public Of an incident: where it stands.
FROM node AS n
