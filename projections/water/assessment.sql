-- one row per section or lake and sampling, judged by its worst item (GB 3838-2002, 环办〔2011〕22号); from base.observation, base.reading, base.check_mark, base.review_mark, base.barred, base.site, standards.water_class_limit
-- key: site_id, period, observed_at
-- affects base.observation: SELECT site_id, period, observed_at FROM changed WHERE topic = 'env1357.water'
-- affects base.check_mark: SELECT site_id, period, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.water') USING (site_id, period, observed_at) WHERE EXISTS (FROM standards.check WHERE kind = 'rate' AND verdict = 'INVALID')
-- affects base.review_mark: SELECT site_id, period, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.water') USING (site_id, period, observed_at)
-- affects base.site: SELECT o.site_id, o.period, o.observed_at FROM base.observation AS o SEMI JOIN changed USING (site_id) WHERE o.topic = 'env1357.water'
-- class is 1 to 5, and 6 for 劣Ⅴ. A value on the limit of several classes takes the best of them.
WITH said AS (
  SELECT
    r.site_id, r.period, r.observed_at, r.factor,
    arg_max_null(CASE WHEN r.set_aside IS NULL AND b.site_id IS NULL THEN r.value END, r.log_offset) AS value,
    arg_max_null(r.source = 'simulator', r.log_offset) AS simulated,
    max(r.recorded_at) AS recorded_at
  FROM base.reading AS r
  SEMI JOIN wanted USING (site_id, period, observed_at)
  LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
  GROUP BY ALL
),
item AS (
  SELECT
    s.site_id, s.period, s.observed_at, s.factor,
    any_value(l.edition) AS edition,
    any_value(t.target_class) AS target_class,
    any_value(s.simulated) AS simulated,
    any_value(s.recorded_at) AS recorded_at,
    any_value(s.value) AS value,
    max(l.at_most) FILTER (l.class = 3) AS class_3_limit,
    coalesce(min(l.class) FILTER (
      CAST(s.value AS DECIMAL(18, 6)) >= coalesce(l.at_least, CAST(s.value AS DECIMAL(18, 6)))
      AND CAST(s.value AS DECIMAL(18, 6)) <= coalesce(l.at_most, CAST(s.value AS DECIMAL(18, 6)))), 6) AS class
  FROM said AS s
  JOIN base.site AS t ON t.site_id = s.site_id AND t.kind IN ('section', 'lake')
  JOIN standards.water_class_limit AS l ON l.factor = s.factor AND l.water_body_kind = t.water_body_kind
  WHERE s.value IS NOT NULL
  GROUP BY ALL
),
worst AS (
  SELECT site_id, period, observed_at, max(class) AS class FROM item GROUP BY ALL
),
verdict AS (
  SELECT
    i.site_id, i.period, i.observed_at, w.class,
    coalesce(list(i.factor ORDER BY i.factor) FILTER (i.class = w.class AND w.class > 1), []) AS deciding_items,
    -- by how many times class Ⅲ is exceeded, two decimals; pH and dissolved oxygen have no such figure
    coalesce(list({
      factor: i.factor,
      class: CAST(i.class AS TINYINT),
      exceeded_by: CAST((CAST(i.value AS DECIMAL(18, 6)) - i.class_3_limit) / i.class_3_limit AS DECIMAL(9, 2))
    } ORDER BY i.factor) FILTER (i.class > 3), []) AS exceedances,
    count(*) AS items,
    any_value(i.edition) AS edition,
    any_value(i.target_class) AS target_class,
    bool_or(i.simulated) AS simulated,
    max(i.recorded_at) AS recorded_at
  FROM item AS i
  JOIN worst AS w USING (site_id, period, observed_at)
  GROUP BY i.site_id, i.period, i.observed_at, w.class
)
SELECT
  site_id, period, observed_at, CAST(class AS TINYINT) AS class, deciding_items, exceedances, items, edition,
  target_class, class <= target_class AS meets_target, simulated, recorded_at
FROM verdict
