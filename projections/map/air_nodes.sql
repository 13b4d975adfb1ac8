-- one row per air station, source of air pollution and its monitor, and device that watches vehicles, with how it is; from base.site, air.latest, air.source_monitor, air.dust_source, air.catering
-- kind: view
-- key: id
WITH source AS (
  SELECT site_id, watches, exceedances, last_exceeded_at FROM air.source_monitor
  UNION ALL BY NAME
  SELECT site_id, state, measures_met, exceedances, last_exceeded_at FROM air.dust_source
  UNION ALL BY NAME
  SELECT site_id, purifier_on, lapses, exceedances, last_exceeded_at FROM air.catering
)
SELECT
  s.site_id AS id,  -- ! Its code.
  s.kind,  -- ! station, river, parcel and so on.
  s.name_zh,  -- !
  s.name_en,  -- !
  s.lon,
  s.lat,
  s.position_quality,
  s.source = 'simulator' AS simulated,  -- ! public Whether a simulator registered it.
  a.observed_at,  -- public Start of its latest hour, UTC; null where it has none.
  a.ends_at,  -- public End of the hour, UTC.
  a.aqi,  -- public AQI by HJ 633.
  a.level,  -- public 1 excellent to 6 severely polluted.
  a.primary_pollutants,  -- public All pollutants that tie for the AQI, where it is above 50.
  a.edition,  -- public The edition of the standard that it is judged by.
  a.pm25_ug_m3,  -- public PM2.5, µg/m³.
  a.pm10_ug_m3,  -- public PM10, µg/m³.
  a.o3_ug_m3,  -- public Ozone, µg/m³.
  a.simulated AS values_simulated,  -- public Whether the values are a simulator's.
  x.watches,  -- public What kind of source a monitor watches.
  x.state,  -- public How a dust source stands.
  x.measures_met,  -- public How many measures against dust were met.
  x.purifier_on,  -- public Whether a kitchen's purifier is on.
  x.lapses,  -- public How often it was off while it should be on.
  x.exceedances,  -- public How often a limit was exceeded.
  x.last_exceeded_at  -- public When one was exceeded last, UTC.
FROM base.site AS s
LEFT JOIN air.latest AS a ON a.site_id = s.site_id AND s.kind = 'station'
LEFT JOIN source AS x ON x.site_id = s.site_id AND s.kind IN ('source_monitor', 'dust_source', 'catering')
WHERE s.kind IN ('station', 'vehicle_device')
  OR s.kind IN ('source_monitor', 'dust_source', 'catering') AND x.site_id IS NOT NULL
