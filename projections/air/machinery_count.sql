-- one row per kind and emission stage of non-road machinery in use; from air.machinery, standards.machinery_stages
-- kind: view
-- key: kind, emission_stage, simulated
SELECT
  m.kind,
  m.emission_stage,
  any_value(s.name_zh) AS stage_zh,
  CAST(count(*) AS INTEGER) AS machines,
  CAST(count(m.inspected_on) AS INTEGER) AS inspected,
  CAST(count(*) FILTER (NOT m.within_limits) AS INTEGER) AS beyond_limits,
  m.source = 'simulator' AS simulated
FROM air.machinery AS m
LEFT JOIN standards.machinery_stages AS s ON s.stage = m.emission_stage
WHERE m.status = 'IN_USE'
GROUP BY m.kind, m.emission_stage, m.source = 'simulator'
