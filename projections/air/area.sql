-- one row per area that air is evaluated for, by the last word on its stations; from base.evaluation_area_defined
-- key: area_id
-- ask air_areas(): ORDER BY area_id
--   Areas in order of their codes.
SELECT
  area_id,  -- ! public
  name_zh,  -- ! public
  name_en,  -- ! public
  site_ids,  -- ! public
  note,  -- public Why these stations.
  source,  -- ! public
  recorded_at  -- public
FROM base.evaluation_area_defined
SEMI JOIN wanted USING (area_id)
QUALIFY row_number() OVER (PARTITION BY area_id ORDER BY sequence DESC) = 1
