-- one row per sampling of water, kind of alarm and factor for which one is raised where the sampling before it in the month raised none, or the other way round, and the first of each month; from water.assessment, water.source_assessment, water.outfall_result, standards.alarm_level
-- key: site_id, month
-- affects water.assessment: SELECT site_id, CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month FROM changed
-- affects water.source_assessment: SELECT site_id, CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month FROM changed
-- affects water.outfall_result: SELECT site_id, CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month FROM changed
-- A section's class is of no factor ('') and about the items that decide it. Of an outfall's items those count that the
-- limit judges. What was not measured raises and clears nothing.
WITH class AS (
  SELECT w.site_id, w.month, 'EXCEEDANCE' AS kind, 'WATER_QUALITY' AS family, '' AS factor, w.period, w.observed_at,
    w.class >= w.target_class + l.at_least AS exceeded, 'class ' || w.class || ', target ' || w.target_class AS said,
    w.deciding_items AS about, CAST(NULL AS VARCHAR) AS limit_id, w.simulated
  FROM water.assessment AS w
  SEMI JOIN wanted USING (site_id, month)
  JOIN standards.alarm_level AS l ON l.measure = 'water_class_beyond_target'
  WHERE w.target_class IS NOT NULL
),
source_item AS (
  SELECT site_id, month, period, observed_at, simulated, unnest(list_concat(
    list_transform(warnings, lambda w: {factor: w.factor, kind: w.kind, limit_id: w.limit_id,
      said: w.stated || ', limit ' || w.printed_limit}),
    list_transform(kept, lambda f: {factor: f, kind: 'KEPT', limit_id: CAST(NULL AS VARCHAR), said: CAST(NULL AS VARCHAR)})
  )) AS item
  FROM water.source_assessment
  SEMI JOIN wanted USING (site_id, month)
),
outfall_item AS (
  SELECT site_id, month, period, observed_at, simulated, unnest(list_filter(items, lambda x: x.judges)) AS item
  FROM water.outfall_result
  SEMI JOIN wanted USING (site_id, month)
),
judged AS (
  FROM class
  UNION ALL
  SELECT s.site_id, s.month, k.kind, 'DRINKING_WATER', s.item.factor, s.period, s.observed_at, s.item.kind = k.warning,
    s.item.said, [s.item.factor], s.item.limit_id, s.simulated
  FROM source_item AS s,
    (VALUES ('EXCEEDANCE', 'EXCEEDED'), ('APPROACHING', 'APPROACHING')) AS k(kind, warning)
  UNION ALL
  SELECT site_id, month, 'EXCEEDANCE', 'DISCHARGE', item.factor, period, observed_at, item.over_limit,
    item.stated || ', limit ' || item.printed_limit, [item.factor], item.limit_id, simulated
  FROM outfall_item
)
SELECT site_id, month, kind, family, factor, period, observed_at, exceeded, said, about, limit_id, simulated
FROM judged
QUALIFY exceeded IS DISTINCT FROM lag(exceeded) OVER (PARTITION BY site_id, month, kind, factor ORDER BY observed_at, period)
