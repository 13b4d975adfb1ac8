-- one row per section, lake or river and month, quarter or year, with the means of its points (环办〔2011〕22号); from water.monthly_mean, base.site, water.point
-- key: subject_id, span, starts_on
-- affects water.monthly_mean: SELECT p.subject_id, s.span, CAST(date_trunc(lower(s.span), c.month) AS DATE) AS starts_on FROM changed AS c JOIN water.point AS p USING (site_id), (VALUES ('MONTH'), ('QUARTER'), ('YEAR')) AS s (span)
-- affects base.site: SELECT DISTINCT p.subject_id, s.span, CAST(date_trunc(lower(s.span), m.month) AS DATE) AS starts_on FROM changed AS c JOIN water.point AS p USING (site_id), (SELECT DISTINCT month FROM water.monthly_mean) AS m, (VALUES ('MONTH'), ('QUARTER'), ('YEAR')) AS s (span)
-- The mean of a lake or river is that of its points, of a quarter or year that of its months. means: in millionths,
-- unrounded, and of how many months, points and samplings.
WITH point AS (
  SELECT site_id, site_id AS subject_id FROM base.site WHERE kind IN ('section', 'lake')
  UNION ALL
  SELECT p.site_id, b.site_id FROM base.site AS p JOIN base.site AS b
    ON b.site_id = p.water_body_id AND b.kind IN ('river', 'lake') AND p.kind = 'section' AND b.site_id <> p.site_id
),
asked AS (
  SELECT w.subject_id, w.span, w.starts_on, p.site_id,
    CAST(unnest(generate_series(w.starts_on, w.starts_on + to_months(months_of(w.span) - 1), INTERVAL 1 MONTH)) AS DATE) AS month
  FROM wanted AS w JOIN point AS p USING (subject_id)
),
stated AS (
  SELECT a.subject_id, a.span, a.starts_on, a.site_id, m.reviewed, m.simulated, m.recorded_at, unnest(m.means, recursive := true)
  FROM water.monthly_mean AS m JOIN asked AS a ON a.site_id = m.site_id AND a.month = m.month
),
at_point AS (
  SELECT subject_id, span, starts_on, site_id, factor,
    mean_of(factor, mean) AS mean, count(*) AS months, sum(samplings) AS samplings,
    bool_and(reviewed) AS reviewed, bool_or(simulated) AS simulated, max(recorded_at) AS recorded_at
  FROM stated GROUP BY ALL
),
mean AS (
  SELECT subject_id, span, starts_on, factor, mean_of(factor, mean) AS mean,
    CAST(max(months) AS INTEGER) AS months, CAST(count(*) AS INTEGER) AS points,
    CAST(sum(samplings) AS INTEGER) AS samplings,
    bool_and(reviewed) AS reviewed, bool_or(simulated) AS simulated, max(recorded_at) AS recorded_at
  FROM at_point GROUP BY ALL
)
SELECT subject_id, span, starts_on,
  list({factor: factor, mean: mean, months: months, points: points, samplings: samplings} ORDER BY factor) AS means,
  bool_and(reviewed) AS reviewed, bool_or(simulated) AS simulated, max(recorded_at) AS recorded_at
FROM mean
GROUP BY subject_id, span, starts_on
