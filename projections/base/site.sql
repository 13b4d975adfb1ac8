-- one row per site, by the last word of its register; from base.station_registered, base.source_monitor_registered, base.dust_source_registered, base.catering_registered, base.vehicle_device_registered, base.river_registered, base.lake_registered, base.section_registered, base.outfall_registered, base.plant_registered, base.sewer_registered, base.urban_water_registered, base.shoreline_use_registered, base.well_registered, base.parcel_registered, base.risk_source_registered, base.receptor_registered, base.enterprise_registered, base.subdistrict_registered
-- key: site_id
-- ask sites(theme?, kind?): ORDER BY site_id
--   Sites in order of their codes, of one theme or kind where given.
WITH registered AS (
  SELECT 'air' AS theme, 'station' AS kind, * FROM base.station_registered
  UNION ALL BY NAME SELECT 'air' AS theme, 'source_monitor' AS kind, * FROM base.source_monitor_registered
  UNION ALL BY NAME SELECT 'air' AS theme, 'dust_source' AS kind, * FROM base.dust_source_registered
  UNION ALL BY NAME SELECT 'air' AS theme, 'catering' AS kind, * FROM base.catering_registered
  UNION ALL BY NAME SELECT 'air' AS theme, 'vehicle_device' AS kind, * FROM base.vehicle_device_registered
  UNION ALL BY NAME SELECT 'water' AS theme, 'river' AS kind, * FROM base.river_registered
  UNION ALL BY NAME SELECT 'water' AS theme, 'lake' AS kind, 'LAKE' AS water_body_kind, * FROM base.lake_registered
  UNION ALL BY NAME SELECT 'water' AS theme, 'section' AS kind, * FROM base.section_registered
  UNION ALL BY NAME SELECT 'water' AS theme, 'outfall' AS kind, * FROM base.outfall_registered
  UNION ALL BY NAME SELECT 'water' AS theme, 'plant' AS kind, * FROM base.plant_registered
  UNION ALL BY NAME SELECT 'water' AS theme, 'sewer' AS kind, * FROM base.sewer_registered
  UNION ALL BY NAME SELECT 'water' AS theme, 'urban_water' AS kind, * FROM base.urban_water_registered
  UNION ALL BY NAME SELECT 'water' AS theme, 'shoreline_use' AS kind, * FROM base.shoreline_use_registered
  UNION ALL BY NAME SELECT 'soil' AS theme, 'well' AS kind, * FROM base.well_registered
  UNION ALL BY NAME SELECT 'soil' AS theme, 'parcel' AS kind, * FROM base.parcel_registered
  UNION ALL BY NAME SELECT 'risk' AS theme, 'risk_source' AS kind, * FROM base.risk_source_registered
  UNION ALL BY NAME SELECT 'risk' AS theme, 'receptor' AS kind, * FROM base.receptor_registered
  UNION ALL BY NAME SELECT 'enforcement' AS theme, 'enterprise' AS kind, * FROM base.enterprise_registered
  UNION ALL BY NAME SELECT 'district' AS theme, 'subdistrict' AS kind, * FROM base.subdistrict_registered
)
SELECT
  site_id,  -- ! Its code.
  theme,  -- ! air, water, soil, risk, enforcement or district.
  kind,  -- ! station, river, lake, section, outfall, well, enterprise and so on.
  name_zh,  -- ! Its name in Chinese.
  name_en,  -- ! Its name in English.
  lon,  -- Longitude, degrees east, WGS 84.
  lat,  -- Latitude, degrees north, WGS 84.
  position_quality,  -- ! SURVEYED, PUBLISHED or APPROXIMATE.
  position_source,  -- ! Where the position comes from.
  water_body_id,
  water_body_kind,
  TRY_CAST(target_class AS TINYINT) AS target_class,  -- For waters: the class of GB 3838 to be reached.
  subdistrict_id,  -- The subdistrict that it stands in, where known.
  recorded_at,
  source  -- ! Who registered it; `simulator` where it is not real.
FROM registered
SEMI JOIN wanted USING (site_id)
QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY kind = 'source_monitor', kind, sequence DESC) = 1
