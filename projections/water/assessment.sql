-- one row per section or lake and sampling, judged by its worst item (GB 3838-2002, 环办〔2011〕22号); from water.sampling, base.site, standards.water_class_limit, standards.water_priority_items
-- key: site_id, period, observed_at
-- affects water.sampling: SELECT c.site_id, c.period, c.observed_at FROM changed AS c JOIN base.site AS t ON t.site_id = c.site_id AND t.kind IN ('section', 'lake')
-- affects base.site: SELECT s.site_id, s.period, s.observed_at FROM water.sampling AS s SEMI JOIN changed USING (site_id)
-- class is 1 to 5, and 6 for 劣Ⅴ. A value on the limit of several classes takes the best of them. Main pollutants are
-- at most three items worse than class Ⅲ: cyanide and heavy metals first, then by class, then by multiple.
WITH sampled AS (
  SELECT s.site_id, s.period, s.observed_at, s.simulated, s.recorded_at, t.water_body_kind, t.target_class,
    unnest(s.items) AS item
  FROM water.sampling AS s
  SEMI JOIN wanted USING (site_id, period, observed_at)
  JOIN base.site AS t ON t.site_id = s.site_id AND t.kind IN ('section', 'lake')
),
judged AS (
  SELECT
    s.site_id, s.period, s.observed_at, l.factor,
    any_value(l.edition) AS edition,
    any_value(s.target_class) AS target_class,
    any_value(s.simulated) AS simulated,
    any_value(s.recorded_at) AS recorded_at,
    any_value(s.item.below) AS below,
    any_value(s.item.reviewed) AS reviewed,
    CAST(1 + count(*) FILTER (NOT s.item.counted BETWEEN l.at_least AND l.at_most) AS TINYINT) AS class,
    any_value(exceeded_by(s.item.counted, l.at_most)) FILTER (l.class = 3 AND l.has_multiple) AS exceeded_by
  FROM sampled AS s
  JOIN standards.water_class_limit AS l ON l.factor = s.item.factor AND l.water_body_kind = s.water_body_kind
  GROUP BY s.site_id, s.period, s.observed_at, l.factor
),
ranked AS (
  SELECT j.site_id, j.period, j.observed_at, j.factor, j.edition, j.target_class, j.simulated, j.recorded_at, j.below,
    j.reviewed, j.class, j.exceeded_by,
    max(j.class) OVER sampling AS worst,
    row_number() OVER (sampling ORDER BY j.class > 3 DESC, p.factor IS NULL, j.class DESC,
      j.exceeded_by DESC NULLS LAST, j.factor) AS place
  FROM judged AS j
  LEFT JOIN standards.water_priority_items AS p USING (factor)
  WINDOW sampling AS (PARTITION BY j.site_id, j.period, j.observed_at)
)
SELECT
  site_id,
  period,
  observed_at,
  CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month,
  worst AS class,
  coalesce(list(factor ORDER BY factor) FILTER (class = worst AND class > 1), []) AS deciding_items,
  coalesce(list(factor ORDER BY place) FILTER (class > 3 AND place <= 3), []) AS main_pollutants,
  coalesce(list({factor: factor, class: class, exceeded_by: exceeded_by} ORDER BY factor)
    FILTER (class > 3), []) AS exceedances,
  coalesce(list(factor ORDER BY factor) FILTER (below), []) AS below_detection,
  count(*) AS items,
  any_value(edition) AS edition,
  any_value(target_class) AS target_class,
  worst <= any_value(target_class) AS meets_target,
  bool_and(reviewed) AS reviewed,
  any_value(simulated) AS simulated,
  any_value(recorded_at) AS recorded_at
FROM ranked
GROUP BY site_id, period, observed_at, worst
