-- one row per river and month, quarter or year, by the shares of its sections' classes (环办〔2011〕22号); from water.evaluation, water.section, standards.water_river_grades, standards.water_quality_grades
-- kind: view
-- key: river_id, span, starts_on
-- ask river_evaluations(since..until of starts_on, span?): ORDER BY starts_on, span, river_id
--   Rivers over months, quarters and years that start in [since, until].
-- Sections whose class follows from a simulator's values count only where there are no others. Of fewer than five
-- sections the grade is that of the class of their mean; of five and more that of the shares. Main pollutants: at
-- most three, by how many sections exceed class Ⅲ, or by the mean's ranking below five sections.
WITH of_section AS (
  SELECT s.water_body_id AS river_id, e.span, e.starts_on, e.class, e.ranked, e.simulated
  FROM water.evaluation AS e
  JOIN water.section AS s ON s.site_id = e.subject_id AND s.water_body_id <> s.site_id
  WHERE e.kind = 'section' AND e.class IS NOT NULL
  QUALIFY rank() OVER (PARTITION BY s.water_body_id, e.span, e.starts_on ORDER BY e.simulated) = 1
),
share AS (
  SELECT river_id, span, starts_on, count(*) AS sections, bool_or(simulated) AS simulated,
    list_transform(range(1, 7), lambda n: len(list_filter(list(class), lambda c: c = n))) AS by_class,
    percent(count(*) FILTER (class <= 3), count(*)) AS good_share,
    percent(count(*) FILTER (class = 6), count(*)) AS bad_share,
    count(*) FILTER (class <= 3) * 100 AS good, count(*) FILTER (class = 6) * 100 AS bad
  FROM of_section
  GROUP BY river_id, span, starts_on
),
exceeding AS (
  SELECT river_id, span, starts_on, unnest(ranked) AS item FROM of_section
),
polluted AS (
  SELECT river_id, span, starts_on, item.factor AS factor, count(*) AS times
  FROM exceeding WHERE item.class > 3 GROUP BY ALL
),
main AS (
  SELECT river_id, span, starts_on, list(factor ORDER BY times DESC, factor)[:3] AS factors FROM polluted GROUP BY ALL
)
SELECT
  h.river_id,  -- ! Code of the river.
  h.span,  -- ! MONTH, QUARTER or YEAR.
  h.starts_on,  -- !
  h.sections,  -- ! How many sections were judged.
  h.by_class,  -- ! How many sections are of class 1 to 6.
  h.good_share,  -- ! Percent of sections of class Ⅲ or better.
  h.bad_share,  -- ! Percent of sections worse than class Ⅴ.
  CASE WHEN h.sections < 5 THEN e.class END AS class,  -- Of the mean, below five sections.
  CASE WHEN h.sections < 5 THEN c.grade_zh ELSE g.grade_zh END AS grade_zh,  -- Grade of the river's water quality in Chinese (水质状况).
  CASE WHEN h.sections < 5 THEN c.grade_en ELSE g.grade_en END AS grade_en,  -- Grade of the river's water quality in English.
  coalesce(CASE WHEN h.sections < 5
    THEN list_transform(list_filter(e.ranked, lambda x: x.class > 3)[:3], lambda x: x.factor)
    ELSE m.factors END, []) AS main_pollutants,  -- ! At most three pollutants of most sections, worst first.
  h.simulated OR h.sections < 5 AND e.simulated AS simulated  -- ! Whether anything that it follows from is a simulator's.
FROM share AS h
JOIN water.evaluation AS e
  ON e.subject_id = h.river_id AND e.span = h.span AND e.starts_on = h.starts_on AND e.kind = 'river'
LEFT JOIN standards.water_quality_grades AS c ON c.class = e.class
LEFT JOIN main AS m ON m.river_id = h.river_id AND m.span = h.span AND m.starts_on = h.starts_on
LEFT JOIN standards.water_river_grades AS g
  ON h.good >= g.good_at_least * h.sections AND (g.good_below IS NULL OR h.good < g.good_below * h.sections)
  AND h.bad >= g.bad_at_least * h.sections AND (g.bad_below IS NULL OR h.bad < g.bad_below * h.sections)
