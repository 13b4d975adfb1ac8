-- one row per river, lake and section, with its latest class; from base.site, water.latest
-- kind: view
-- key: id
SELECT
  s.site_id AS id,  -- ! Its code.
  s.kind,  -- ! station, river, parcel and so on.
  s.name_zh,  -- !
  s.name_en,  -- !
  s.lon,
  s.lat,
  s.position_quality,
  s.source = 'simulator' AS simulated,  -- ! public Whether a simulator registered it.
  a.observed_at,  -- public Start of its latest sampling that was judged, UTC.
  a.class,  -- public 1 to 5, and 6 for worse than class Ⅴ.
  a.deciding_items,  -- public Items of that class.
  a.target_class,  -- public The class that is to be reached.
  a.meets_target,  -- public Whether it is reached.
  a.simulated AS values_simulated  -- public Whether the values are a simulator's.
FROM base.site AS s
LEFT JOIN water.latest AS a ON a.site_id = s.site_id
WHERE s.kind IN ('river', 'lake', 'section')
