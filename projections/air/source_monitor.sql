-- one row per monitor of a source of air pollution, with what it watches and what exceeded there; from base.source_monitor_registered, base.site, air.source_exceedance
-- kind: view
-- key: site_id
WITH monitor AS (
  FROM base.source_monitor_registered
  QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY sequence DESC) = 1
),
exceeded AS (
  SELECT site_id, CAST(count(*) AS INTEGER) AS exceedances, max(observed_at) AS last_exceeded_at
  FROM air.source_exceedance GROUP BY ALL
)
SELECT
  m.site_id,
  m.name_zh,
  m.name_en,
  m.watches,
  m.source_id,
  s.name_zh AS source_name_zh,
  s.name_en AS source_name_en,
  m.stack_no,
  m.standard,
  m.scope,
  m.level,
  m.subdistrict_id,
  coalesce(e.exceedances, 0) AS exceedances,
  e.last_exceeded_at,
  m.recorded_at,
  m.source
FROM monitor AS m
LEFT JOIN base.site AS s ON s.site_id = m.source_id
LEFT JOIN exceeded AS e ON e.site_id = m.site_id
