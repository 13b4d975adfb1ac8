-- one row per urban water and sampling, graded by what makes a water black and odorous; from water.sampling, water.urban_water, standards.limit
-- kind: view
-- key: site_id, period, observed_at
-- ask black_odour_samplings(since..until of observed_at): ORDER BY observed_at, site_id
--   Samplings of urban waters that start in [since, until), graded.
-- grade is HEAVY where any item is, else LIGHT where any item is, else null.
WITH sampled AS (
  SELECT s.site_id, s.period, s.observed_at, s.simulated, unnest(s.items) AS item
  FROM water.sampling AS s SEMI JOIN water.urban_water USING (site_id)
),
judged AS (
  SELECT s.site_id, s.period, s.observed_at, s.simulated, s.item.factor AS factor,
    any_value(l.status) AS status,
    min(l.level) FILTER (NOT beyond(s.item.counted, l.at_least, l.at_most)) AS grade,
    arg_min(l.limit_id, l.level) FILTER (NOT beyond(s.item.counted, l.at_least, l.at_most)) AS limit_id
  FROM sampled AS s
  JOIN standards.limit AS l ON l.family = 'BLACK_ODOUR' AND l.factor = s.item.factor
    AND in_force(local_day(s.observed_at), l.in_force_from, l.in_force_until)
  GROUP BY ALL
)
SELECT
  site_id,  -- !
  period,  -- !
  observed_at,  -- !
  min(grade) AS grade,  -- HEAVY, LIGHT, or null where it is neither.
  coalesce(list(factor ORDER BY factor) FILTER (grade IS NOT NULL), []) AS deciding_items,  -- ! The items that decide its grade.
  coalesce(list(limit_id ORDER BY factor) FILTER (limit_id IS NOT NULL), []) AS limit_ids,  -- ! The rows of `limits` that say so, in the order of these items.
  count(*) AS items,  -- ! How many items were graded.
  any_value(status) AS limit_status,  -- ! How well the limits are known.
  bool_or(simulated) AS simulated  -- ! Whether anything that it follows from is a simulator's.
FROM judged
GROUP BY site_id, period, observed_at
