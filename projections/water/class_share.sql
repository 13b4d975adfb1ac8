-- one row per indicator of the plan on classes of sections, and month, quarter or year; from water.evaluation, water.section, standards.water_share_indicators
-- kind: view
-- key: indicator_id, span, starts_on
-- share: percent of the sections judged whose class lies within the indicator's, one decimal.
SELECT
  i.indicator_id,
  e.span,
  e.starts_on,
  count(*) AS sections,
  count(*) FILTER (e.class BETWEEN i.class_from AND i.class_until) AS counted,
  percent(count(*) FILTER (e.class BETWEEN i.class_from AND i.class_until), count(*)) AS share,
  bool_or(e.simulated) AS simulated
FROM water.evaluation AS e
JOIN water.section AS s ON s.site_id = e.subject_id
JOIN standards.water_share_indicators AS i ON list_contains(string_split(i.controls, '|'), s.control)
WHERE e.kind = 'section' AND e.class IS NOT NULL
GROUP BY i.indicator_id, e.span, e.starts_on
