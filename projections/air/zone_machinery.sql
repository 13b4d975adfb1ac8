-- one row per low-emission zone and machine in use that stands in it; from air.low_emission_zone, air.machinery, standards.machinery_stages, standards.machinery_smoke_limits
-- kind: view
-- key: zone_id, registration_no
-- ask zone_machinery(zone_id?, below_minimum?): ORDER BY zone_id, registration_no
--   Machines that stand in zones in force on a day; or those of too low a stage.
--   on DATE: in_force_from <= $on AND coalesce(in_force_until >= $on, true) AND local_day(entered_at) <= $on; On which day.
-- below_minimum: its stage is lower than the zone allows; null where its stage is not known. Whoever asks compares
-- in_force_from, in_force_until and entered_at with a day. within_zone_limits: the last inspection against category III.
WITH outline AS (
  SELECT zone_id, name_zh, name_en, minimum_stage, in_force_from, in_force_until, source,
    CASE WHEN has_outline THEN lons ELSE [] END AS lons, CASE WHEN has_outline THEN lats ELSE [] END AS lats
  FROM air.low_emission_zone
)
SELECT
  z.zone_id,  -- !
  z.name_zh AS zone_zh,  -- ! Name of the zone in Chinese.
  z.name_en AS zone_en,  -- ! Name of the zone in English.
  z.minimum_stage,  -- !
  z.in_force_from,
  z.in_force_until,
  m.registration_no,  -- !
  m.kind,  -- !
  m.emission_stage,  -- !
  m.place_id,
  m.lon,  -- !
  m.lat,  -- !
  m.entered_at,  -- ! When it came to where it stands, UTC.
  own.rank < least_of.rank AS below_minimum,  -- Null where its stage is not known.
  m.opacity_m_1 <= l.opacity_m_1 AS within_zone_limits,  -- Its last light absorption against category III; null where it is not known.
  m.source = 'simulator' OR z.source = 'simulator' AS simulated  -- ! Whether anything that it follows from is a simulator's.
FROM outline AS z
JOIN air.machinery AS m
  ON m.status = 'IN_USE' AND m.lon BETWEEN -180 AND 180 AND m.lat BETWEEN -90 AND 90
  AND in_outline(m.lon, m.lat, z.lons, z.lats)
LEFT JOIN standards.machinery_stages AS own ON own.stage = m.emission_stage
LEFT JOIN standards.machinery_stages AS least_of ON least_of.stage = z.minimum_stage
LEFT JOIN standards.machinery_smoke_limits AS l ON l.stage = 'ANY' AND m.fuel = 'DIESEL'
  AND m.power_kw >= coalesce(l.power_from_kw, 0) AND m.power_kw < coalesce(l.power_below_kw, 'infinity'::DOUBLE)
