-- one row per kind and emission stage of non-road machinery in use; from air.machinery, standards.machinery_stages
-- kind: view
-- key: kind, emission_stage, simulated
-- ask machinery_counts(): ORDER BY kind, emission_stage, simulated
--   How many machines of which kind and stage are in use.
SELECT
  m.kind,  -- !
  m.emission_stage,  -- !
  any_value(s.name_zh) AS stage_zh,  -- The emission stage in Chinese.
  CAST(count(*) AS INTEGER) AS machines,  -- ! How many machines.
  CAST(count(m.inspected_on) AS INTEGER) AS inspected,  -- ! How many of them were inspected.
  CAST(count(*) FILTER (NOT m.within_limits) AS INTEGER) AS beyond_limits,  -- ! By their last inspection.
  m.source = 'simulator' AS simulated  -- ! Whether anything that it follows from is a simulator's.
FROM air.machinery AS m
LEFT JOIN standards.machinery_stages AS s ON s.stage = m.emission_stage
WHERE m.status = 'IN_USE'
GROUP BY m.kind, m.emission_stage, m.source = 'simulator'
