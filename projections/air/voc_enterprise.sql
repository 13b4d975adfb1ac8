-- one row per enterprise that emits volatile organic compounds; from base.voc_enterprise_registered, base.enterprise_registered, base.site, air.voc_plan, air.voc_measure, air.tank, air.bypass
-- kind: view
-- key: enterprise_id
-- ask voc_enterprises(enterprise_id?, grade?, key_unit?): ORDER BY enterprise_id
--   Enterprises that emit VOCs, in order of their codes, or one of them.
-- Tonnes a year. voc_used is what its materials contain, null where a content is not known. Reductions are what was
-- expected of measures: planned of those not cancelled, achieved of those completed.
WITH entry AS (
  FROM last(base.voc_enterprise_registered)
),
enterprise AS (
  FROM place(enterprise)
),
measures AS (
  SELECT enterprise_id,
    CAST(count(*) FILTER (status = 'PLANNED') AS INTEGER) AS planned,
    CAST(count(*) FILTER (status = 'COMPLETED') AS INTEGER) AS completed,
    sum(expected_reduction_t_per_year ORDER BY measure_id) FILTER (status <> 'CANCELLED') AS planned_reduction,
    sum(expected_reduction_t_per_year ORDER BY measure_id) FILTER (status = 'COMPLETED') AS achieved_reduction,
    min(due_on) FILTER (status = 'PLANNED') AS next_due_on
  FROM air.voc_measure
  GROUP BY enterprise_id
),
tanks AS (
  SELECT enterprise_id, CAST(count(*) AS INTEGER) AS tanks, CAST(count(*) FILTER (NOT meets) AS INTEGER) AS failing
  FROM air.tank
  GROUP BY enterprise_id
),
bypasses AS (
  SELECT enterprise_id, CAST(count(*) AS INTEGER) AS bypasses, CAST(sum(unreported_openings) AS INTEGER) AS unreported
  FROM air.bypass
  WHERE state <> 'REMOVED'
  GROUP BY enterprise_id
)
SELECT
  e.enterprise_id,  -- !
  n.name_zh,
  n.name_en,
  e.industry,  -- !
  e.processes,  -- !
  e.materials,  -- ! Raw materials with VOCs.
  e.voc_contents_percent,  -- ! Content of each material, percent by mass; null where it is not known.
  e.uses_t_per_year,  -- ! Annual use of each material, tonnes.
  CASE WHEN len(list_filter(e.voc_contents_percent, lambda content: content IS NULL)) = 0
    THEN list_sum(list_transform(range(1, len(e.materials) + 1),
      lambda n: e.uses_t_per_year[n] * e.voc_contents_percent[n] / 100)) END AS voc_used_t_per_year,  -- VOCs in its materials; null where a content is not known.
  e.generated_t_per_year,  -- ! VOCs before treatment, tonnes.
  e.emitted_t_per_year,  -- ! VOCs after treatment, tonnes.
  e.treatment,
  e.key_unit,  -- ! Whether it is a key polluting unit (重点排污单位).
  e.grade,  -- A, B, C or D of emergency reduction (绩效分级).
  p.version AS plan_version,  -- The last version of its plan.
  p.adopted_on AS plan_adopted_on,  -- When the last version of its plan was adopted.
  p.target_reduction_t_per_year,  -- By the last version of its plan (一企一策).
  coalesce(m.planned, 0) AS planned_measures,  -- ! How many of its measures are still to be done.
  coalesce(m.completed, 0) AS completed_measures,  -- ! How many of its measures are completed.
  m.planned_reduction AS planned_reduction_t_per_year,  -- Expected of all measures that were not cancelled.
  m.achieved_reduction AS achieved_reduction_t_per_year,  -- Expected of the measures that are completed.
  m.next_due_on,  -- The first day that something of it is due; null where nothing is.
  coalesce(t.tanks, 0) AS tanks,  -- ! How many tanks it has.
  coalesce(t.failing, 0) AS tanks_not_meeting,  -- ! Tanks that do not meet the requirement that applies.
  coalesce(b.bypasses, 0) AS bypasses,  -- ! How many bypasses it has.
  coalesce(b.unreported, 0) AS unreported_openings,  -- ! Openings of its bypasses that nobody reported.
  e.source,  -- !
  e.recorded_at
FROM entry AS e
LEFT JOIN enterprise AS n ON n.site_id = e.enterprise_id
LEFT JOIN air.voc_plan AS p ON p.enterprise_id = e.enterprise_id AND p.current
LEFT JOIN measures AS m ON m.enterprise_id = e.enterprise_id
LEFT JOIN tanks AS t ON t.enterprise_id = e.enterprise_id
LEFT JOIN bypasses AS b ON b.enterprise_id = e.enterprise_id
