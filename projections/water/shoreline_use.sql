-- one row per use of a shoreline, by the last word of its register; from base.shoreline_use_registered
-- kind: view
-- key: site_id
SELECT site_id, name_zh, name_en, lon, lat, water_body_id, used_by, purpose, length_m, approval_no, state, note, source,
  recorded_at
FROM base.shoreline_use_registered
QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY sequence DESC) = 1
