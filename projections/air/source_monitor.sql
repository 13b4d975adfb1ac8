-- one row per monitor of a source of air pollution, with what it watches and what exceeded there; from base.source_monitor_registered, base.site, air.source_exceedance
-- kind: view
-- key: site_id
-- ask source_monitors(watches?): ORDER BY site_id
--   Monitors of sources in order of their codes, of one kind of source where given.
WITH monitor AS (
  FROM place(source_monitor)
),
exceeded AS (
  SELECT site_id, CAST(count(*) AS INTEGER) AS exceedances, max(observed_at) AS last_exceeded_at
  FROM air.source_exceedance GROUP BY ALL
)
SELECT
  m.site_id,  -- !
  m.name_zh,  -- !
  m.name_en,  -- !
  m.watches,  -- ! DUST_SOURCE, CATERING or STACK.
  m.source_id,  -- ! The dust source, catering house or enterprise.
  s.name_zh AS source_name_zh,  -- Name of the source in Chinese.
  s.name_en AS source_name_en,  -- Name of the source in English.
  m.stack_no,
  m.standard,  -- What limits a stack where no permit does.
  m.scope,
  m.level,
  m.subdistrict_id,
  coalesce(e.exceedances, 0) AS exceedances,  -- ! Of all hours and factors.
  e.last_exceeded_at,  -- Start of the last hour that exceeded.
  m.recorded_at,
  m.source  -- !
FROM monitor AS m
LEFT JOIN base.site AS s ON s.site_id = m.source_id
LEFT JOIN exceeded AS e ON e.site_id = m.site_id
