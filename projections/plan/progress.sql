-- one row per indicator of the plan and year, computed where it can be and else as it was reported; from plan.indicator, plan.computed, base.indicator_reported, standards.indicator_rule
-- kind: view
-- key: indicator_id, year
-- ask indicator_progress(): ORDER BY number, indicator_id, year
--   Years of the plan's indicators, in its order.
-- fulfilled says whether the year's value is at what the plan asks for by 2025: its target or, where the plan asks to
-- keep what is (保持稳定), the base value; null where that is no number, or the year is not whole.
WITH reported AS (
  FROM last(base.indicator_reported)
),
known AS (
  SELECT indicator_id, year, value, valid, simulated, recorded_at, 'COMPUTED' AS origin, NULL AS document, NULL AS note
  FROM plan.computed
  UNION ALL
  SELECT indicator_id, year, value, true, source = 'simulator', recorded_at, 'REPORTED', document, note FROM reported
)
SELECT
  i.indicator_id,  -- !
  i.number,  -- !
  i.name_zh,  -- !
  i.name_en,  -- !
  i.unit,  -- !
  i.base_value,
  i.target_value,
  k.year,  -- ! The year.
  k.value,  -- Its value of the year, in its unit.
  k.valid,  -- ! Whether the year is whole; what is reported is.
  CASE r.held_to WHEN 'TARGET' THEN i.target_value WHEN 'BASE' THEN i.base_value END AS goal,  -- What the value is held to.
  CASE WHEN NOT k.valid THEN NULL WHEN r.compare = 'LE' THEN k.value <= goal WHEN r.compare = 'GE' THEN k.value >= goal
    ELSE k.value < goal END AS fulfilled,  -- Whether the value is at what it is held to; null where the year is not whole.
  k.origin,  -- ! COMPUTED from what was observed, or REPORTED.
  k.document,  -- Document that a reported value is taken from.
  k.note,
  r.basis,  -- What it is computed from, and how it is held.
  k.simulated,  -- Whether anything that it follows from is a simulator's.
  k.recorded_at
FROM plan.indicator AS i
JOIN known AS k USING (indicator_id)
JOIN standards.indicator_rule AS r ON r.indicator_id = i.indicator_id AND r.computed = (k.origin = 'COMPUTED')
