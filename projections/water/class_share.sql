-- one row per indicator of the plan on classes of sections, and month, quarter or year, real and simulated apart; from water.evaluation, water.section, standards.water_share_indicators
-- kind: view
-- key: indicator_id, span, starts_on, simulated
-- ask water_class_shares(since..until of starts_on, span?): ORDER BY starts_on, span, indicator_id, simulated
--   Indicators 3, 4 and 5 over months, quarters and years that start in [since, until].
-- share: percent of the sections judged whose class lies within the indicator's, one decimal.
SELECT
  i.indicator_id,  -- ! Code of the indicator.
  e.span,  -- ! MONTH, QUARTER or YEAR.
  e.starts_on,  -- !
  count(*) AS sections,  -- ! How many sections were judged.
  count(*) FILTER (e.class BETWEEN i.class_from AND i.class_until) AS counted,  -- ! Sections whose class counts for the indicator.
  percent(count(*) FILTER (e.class BETWEEN i.class_from AND i.class_until), count(*)) AS share,  -- Percent, one decimal.
  min(e.months) AS months,  -- ! The fewest months that a section's means are made of.
  bool_and(e.reviewed) AS reviewed,  -- ! Whether all values are final, reviewed ones; else provisional.
  max(e.recorded_at) AS recorded_at,  -- !
  e.simulated  -- ! Whether it is made of sections whose class follows from a simulator's values, or of the others.
FROM water.evaluation AS e
JOIN water.section AS s ON s.site_id = e.subject_id
JOIN standards.water_share_indicators AS i ON list_contains(string_split(i.controls, '|'), s.control)
WHERE e.kind = 'section' AND e.class IS NOT NULL
GROUP BY i.indicator_id, e.span, e.starts_on, e.simulated
