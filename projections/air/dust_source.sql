-- one row per source of dust, with its state, its last inspection and its exceedances; from base.dust_source_registered, base.site, base.dust_source_finished, base.dust_measures_inspected, air.source_exceedance
-- kind: view
-- key: site_id
-- ask dust_sources(state?): ORDER BY site_id
--   Sources of dust in order of their codes, of one state (ACTIVE, FINISHED) if given.
-- state is ACTIVE or FINISHED; registered again behind its end it is ACTIVE anew. measures_met is of six (六个百分百).
WITH entry AS (
  FROM place(dust_source)
),
finished AS (
  FROM last(base.dust_source_finished)
),
inspection AS (
  SELECT *, list_filter([
    if(fencing, 'fencing', NULL), if(covering, 'covering', NULL), if(vehicle_washing, 'vehicle_washing', NULL),
    if(hardened_ground, 'hardened_ground', NULL), if(wet_work, 'wet_work', NULL),
    if(closed_transport, 'closed_transport', NULL)], lambda measure: measure IS NOT NULL) AS measures
  FROM base.dust_measures_inspected
  QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY inspected_at DESC, sequence DESC) = 1
),
exceeded AS (
  SELECT source_id AS site_id, CAST(count(*) AS INTEGER) AS exceedances, max(observed_at) AS last_exceeded_at
  FROM air.source_exceedance WHERE watches = 'DUST_SOURCE' GROUP BY ALL
)
SELECT
  d.site_id,  -- !
  d.name_zh,  -- !
  d.name_en,  -- !
  d.dust_kind,  -- ! CONSTRUCTION, DEMOLITION, ROAD, STOCKPILE, MIXING_PLANT or OTHER.
  d.responsible_body,
  d.subdistrict_id,
  d.starts_on,
  d.ends_on,
  d.area_m2,  -- Square metres.
  d.video_urls,  -- ! Where its cameras are looked at.
  CASE WHEN f.site_id IS NULL THEN 'ACTIVE' ELSE 'FINISHED' END AS state,  -- ! ACTIVE or FINISHED.
  f.finished_on,
  i.inspected_at,
  i.measures,  -- Those met at the last inspection; null before one.
  CAST(len(i.measures) AS INTEGER) AS measures_met,  -- Of six; null before an inspection.
  i.remark,
  coalesce(e.exceedances, 0) AS exceedances,  -- ! Hours and factors in which a limit was exceeded.
  e.last_exceeded_at,  -- Start of the last hour that exceeded, UTC.
  greatest(d.recorded_at, f.recorded_at, i.recorded_at) AS recorded_at,
  d.source  -- !
FROM entry AS d
LEFT JOIN finished AS f ON f.site_id = d.site_id AND f.sequence > d.sequence
LEFT JOIN inspection AS i ON i.site_id = d.site_id
LEFT JOIN exceeded AS e ON e.site_id = d.site_id
