-- one row per site of surface water and section, lake or river that it was ever registered as a point of; from base.section_registered, base.lake_registered, base.river_registered
-- kind: view
-- key: site_id, subject_id
-- Each is one of itself. What it is a point of now stands in the register.
SELECT site_id, site_id AS subject_id FROM base.section_registered
UNION
SELECT site_id, water_body_id FROM base.section_registered WHERE water_body_id IS NOT NULL
UNION
SELECT site_id, site_id FROM base.lake_registered
UNION
SELECT site_id, site_id FROM base.river_registered
