-- one row per area that air is evaluated for, by the last word on its stations; from base.evaluation_area_defined
-- key: area_id
SELECT area_id, name_zh, name_en, site_ids, note, source, recorded_at
FROM base.evaluation_area_defined
SEMI JOIN wanted USING (area_id)
QUALIFY row_number() OVER (PARTITION BY area_id ORDER BY sequence DESC) = 1
