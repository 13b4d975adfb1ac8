-- one row per indicator of the plan that is computed here, and year; from plan.indicator, air.evaluation
-- kind: view
-- key: indicator_id, year
-- ask indicator_progress(): ORDER BY number, indicator_id, year
--   Years of the indicators that are computed here, in the plan's order.
-- Computed for the district's evaluation area `xunyang`; fulfilled says whether the year's value is at its target.
WITH computed AS (
  SELECT '1' AS indicator_id, year(starts_on) AS year, pm25_mean AS value, valid, simulated, recorded_at, true AS lower
  FROM air.evaluation WHERE scope_id = 'xunyang' AND period = 'YEAR'
  UNION ALL
  SELECT '2', year(starts_on), good_share, valid, simulated, recorded_at, false
  FROM air.evaluation WHERE scope_id = 'xunyang' AND period = 'YEAR'
)
SELECT
  i.indicator_id,  -- !
  i.number,  -- !
  i.name_zh,  -- !
  i.name_en,  -- !
  i.unit,  -- !
  i.base_value,
  i.target_value,
  c.year,  -- ! The year.
  c.value,  -- Its value of the year, in its unit.
  c.valid,  -- ! Whether the year has enough valid days.
  CASE WHEN c.lower THEN c.value <= i.target_value ELSE c.value >= i.target_value END AS fulfilled,  -- Whether the value is at its target.
  c.simulated,  -- Whether anything that it follows from is a simulator's.
  c.recorded_at
FROM plan.indicator AS i
JOIN computed AS c USING (indicator_id)
