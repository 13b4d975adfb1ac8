-- one row per place whose line or area is known, as maps draw it; from base.site, base.outline
-- kind: view
-- key: id
SELECT
  s.site_id || '/outline' AS id,  -- ! public Code of the place, and what of it.
  s.site_id,  -- !
  'outline' AS kind,  -- ! public That it is an outline.
  s.name_zh,  -- !
  s.name_en,  -- !
  o.geometry,  -- !
  o.position_quality,  -- !
  o.position_source,  -- !
  o.source = 'simulator' AS simulated  -- ! public Whether a simulator registered it.
FROM base.site AS s
JOIN base.outline AS o ON o.site_id = s.site_id
