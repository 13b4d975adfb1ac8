-- one row per use of a shoreline, by the last word of its register; from base.shoreline_use_registered, base.site
-- kind: view
-- key: site_id
-- ask shoreline_uses(state?): ORDER BY site_id
--   Uses of shorelines in order of their codes, of one state where given.
SELECT
  site_id,  -- !
  name_zh,  -- !
  name_en,  -- !
  lon,
  lat,
  water_body_id,  -- !
  used_by,  -- !
  purpose,  -- !
  length_m,
  approval_no,
  state,  -- ! IN_USE, IDLE, UNLAWFUL or CLEARED.
  note,
  source,  -- !
  recorded_at
FROM place(shoreline_use)
