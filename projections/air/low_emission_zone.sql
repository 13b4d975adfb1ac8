-- one row per zone in which machinery of high emissions must not be used, by its last definition; from base.low_emission_zone_defined
-- key: zone_id
-- ask low_emission_zones(): ORDER BY zone_id
--   Low-emission zones in order of their codes.
-- has_outline is false where the corners are none: such a zone holds no machine.
SELECT
  zone_id,  -- !
  name_zh,  -- !
  name_en,  -- !
  lons,  -- !
  lats,  -- !
  len(lons) = len(lats) AND len(lons) >= 3
    AND len(list_filter(lons, lambda x: (x BETWEEN -180 AND 180) IS NOT TRUE)) = 0
    AND len(list_filter(lats, lambda x: (x BETWEEN -90 AND 90) IS NOT TRUE)) = 0 AS has_outline,  -- Whether its outline has three corners or more, so that something can stand in it.
  minimum_stage,  -- !
  in_force_from,  -- !
  in_force_until,
  basis,  -- !
  source,  -- !
  recorded_at
FROM last(base.low_emission_zone_defined)
