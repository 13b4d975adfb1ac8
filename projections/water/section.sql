-- one row per section, by the last word of its register; from base.section_registered, base.site
-- kind: view
-- key: site_id
SELECT site_id, name_zh, name_en, water_body_id, water_body_kind, control, drinking_water_source,
  TRY_CAST(target_class AS TINYINT) AS target_class, source
FROM place(section)
