-- one row per section, lake or river and month, quarter or year, judged by means (环办〔2011〕22号); from water.monthly_mean, base.site, standards.water_class_limit, standards.water_priority_items, standards.water_rounding
-- kind: view
-- key: subject_id, span, starts_on
-- A lake or river is judged by the mean of its points. A quarter's and a year's mean is that of its months. Means
-- are rounded before they are compared (GB/T 8170). means: in millionths, unrounded.
WITH point AS (
  SELECT site_id, site_id AS subject_id, kind, coalesce(water_body_kind, 'RIVER') AS body_kind, target_class
  FROM base.site WHERE kind IN ('section', 'lake')
  UNION ALL
  SELECT p.site_id, b.site_id, b.kind, CASE b.kind WHEN 'lake' THEN 'LAKE' ELSE 'RIVER' END, b.target_class
  FROM base.site AS p JOIN base.site AS b ON b.site_id = p.water_body_id AND b.kind IN ('river', 'lake')
  WHERE p.kind = 'section' AND b.site_id <> p.site_id
),
stated AS (
  SELECT p.subject_id, s.span, CAST(date_trunc(lower(s.span), m.month) AS DATE) AS starts_on, p.kind, p.body_kind,
    p.target_class, m.site_id, m.month, m.reviewed, m.simulated, m.recorded_at, unnest(m.means) AS said
  FROM water.monthly_mean AS m
  JOIN point AS p USING (site_id)
  CROSS JOIN (VALUES ('MONTH'), ('QUARTER'), ('YEAR')) AS s (span)
),
at_point AS (
  SELECT subject_id, span, starts_on, kind, body_kind, target_class, site_id, said.factor AS factor,
    mean_millionths(sum(said.mean), count(*)) AS mean, count(*) AS months, sum(said.samplings) AS samplings,
    bool_and(reviewed) AS reviewed, bool_or(simulated) AS simulated, max(recorded_at) AS recorded_at
  FROM stated GROUP BY ALL
),
mean AS (
  SELECT subject_id, span, starts_on, kind, body_kind, target_class, factor,
    CAST(mean_millionths(sum(mean), count(*)) AS BIGINT) AS mean, CAST(max(months) AS INTEGER) AS months,
    CAST(count(*) AS INTEGER) AS points, CAST(sum(samplings) AS INTEGER) AS samplings,
    bool_and(reviewed) AS reviewed, bool_or(simulated) AS simulated, max(recorded_at) AS recorded_at
  FROM at_point GROUP BY ALL
),
judged AS (  -- in one pass with the means, so that whoever asks for a subject or a span reads that alone
  SELECT m.subject_id, m.span, m.starts_on, m.kind, m.target_class, m.factor, m.mean, m.months, m.points, m.samplings,
    m.reviewed, m.simulated, m.recorded_at, any_value(l.edition) AS edition,
    CASE WHEN count(l.factor) > 0
      THEN CAST(1 + count(*) FILTER (NOT rounded_millionths(m.mean, l.decimals) BETWEEN l.at_least AND l.at_most)
        AS TINYINT) END AS class,
    any_value(exceeded_by(rounded_millionths(m.mean, l.decimals), l.at_most))
      FILTER (l.class = 3 AND l.has_multiple) AS exceeded_by
  FROM mean AS m
  LEFT JOIN (FROM standards.water_class_limit JOIN standards.water_rounding USING (factor)) AS l
    ON l.factor = m.factor AND l.water_body_kind = m.body_kind
  GROUP BY ALL
)
SELECT j.subject_id, j.span, j.starts_on, j.kind, max(j.class) AS class,
  list({factor: j.factor, class: j.class, exceeded_by: j.exceeded_by} ORDER BY j.class > 3 DESC, p.factor IS NULL,
    j.class DESC, j.exceeded_by DESC NULLS LAST, j.factor) FILTER (j.class IS NOT NULL) AS ranked,
  count(j.class) AS items, any_value(j.edition) AS edition, j.target_class,
  max(j.class) <= j.target_class AS meets_target, max(j.months) AS months, max(j.points) AS points,
  list({factor: j.factor, mean: j.mean, points: j.points, samplings: j.samplings} ORDER BY j.factor) AS means,
  bool_and(j.reviewed) AS reviewed, bool_or(j.simulated) AS simulated, max(j.recorded_at) AS recorded_at
FROM judged AS j LEFT JOIN standards.water_priority_items AS p USING (factor)
GROUP BY j.subject_id, j.span, j.starts_on, j.kind, j.target_class
