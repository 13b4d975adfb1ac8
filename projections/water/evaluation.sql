-- one row per section, lake or river and month, quarter or year, judged by means (环办〔2011〕22号); from water.span_mean, base.site, standards.limit, standards.water_priority_items, standards.water_rounding
-- kind: view
-- key: subject_id, span, starts_on
-- column ranked.factor: ! Code of the item.
-- column ranked.class: ! Its own class, 4 to 6.
-- column ranked.exceeded_by: Multiple of class Ⅲ's limit that it exceeds it by; pH and dissolved oxygen have none.
-- column ranked.limit_id: ! The row of `limits` that it is compared with for the multiple: class Ⅲ's.
-- column means.factor: ! Code of the factor.
-- column means.mean: ! In the factor's unit, before it is rounded for comparison.
-- column means.points: ! How many points it is the mean of.
-- column means.samplings: ! How many samplings it is the mean of.
-- A lake or river is judged by the mean of its points. A quarter's and a year's mean is that of its months. Means
-- are rounded before they are compared (GB/T 8170). means: in millionths, unrounded.
WITH mean AS (
  SELECT m.subject_id, m.span, m.starts_on, s.kind, s.target_class, m.reviewed, m.simulated, m.recorded_at,
    CASE s.kind WHEN 'section' THEN coalesce(s.water_body_kind, 'RIVER') WHEN 'lake' THEN 'LAKE' ELSE 'RIVER' END
      AS body_kind, unnest(m.means, recursive := true)
  FROM water.span_mean AS m JOIN base.site AS s ON s.site_id = m.subject_id
),
judged AS (  -- in one pass with the means, so that whoever asks for a subject or a span reads that alone
  SELECT m.subject_id, m.span, m.starts_on, m.kind, m.target_class, m.factor, m.mean, m.months, m.points, m.samplings,
    m.reviewed, m.simulated, m.recorded_at, any_value(l.standard) AS edition,
    CASE WHEN count(l.factor) > 0
      THEN CAST(1 + count(*) FILTER (beyond(rounded_millionths(m.mean, l.decimals), l.at_least, l.at_most))
        AS TINYINT) END AS class,
    any_value(times_beyond(rounded_millionths(m.mean, l.decimals), l.at_most, l.has_multiple))
      FILTER (l.level = '3') AS exceeded_by,
    any_value(l.limit_id) FILTER (l.level = '3') AS limit_id
  FROM mean AS m
  LEFT JOIN (
    SELECT l.*, r.decimals FROM standards.limit AS l JOIN standards.water_rounding AS r USING (factor)
    WHERE l.family = 'WATER_CLASS'
  ) AS l ON l.factor = m.factor AND l.scope = m.body_kind AND in_force(m.starts_on, l.in_force_from, l.in_force_until)
  GROUP BY ALL
)
SELECT
  j.subject_id,  -- ! Code of the section, lake or river.
  j.span,  -- ! MONTH, QUARTER or YEAR.
  j.starts_on,  -- !
  j.kind,  -- ! section, lake or river.
  max(j.class) AS class,  -- 1 to 6; null where no item was judged.
  list({factor: j.factor, class: j.class, exceeded_by: j.exceeded_by, limit_id: j.limit_id} ORDER BY j.class > 3 DESC, p.factor IS NULL,
    j.class DESC, j.exceeded_by DESC NULLS LAST, j.factor) FILTER (j.class IS NOT NULL) AS ranked,  -- ! All items judged, the main pollutants first.
  count(j.class) AS items,  -- ! How many items were judged.
  any_value(j.edition) AS edition,  -- The edition of the standard that it is judged by.
  j.target_class,
  max(j.class) <= j.target_class AS meets_target,  -- Whether its class is the target's or better; null where there is no target.
  max(j.months) AS months,  -- ! Months that the mean is made of: of a year in principle twelve.
  max(j.points) AS points,  -- ! How many points its means are made of.
  list({factor: j.factor, mean: j.mean, points: j.points, samplings: j.samplings} ORDER BY j.factor) AS means,  -- ! The mean of each factor, in millionths of its unit.
  bool_and(j.reviewed) AS reviewed,  -- ! Whether all values are final, reviewed ones; else provisional.
  bool_or(j.simulated) AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  max(j.recorded_at) AS recorded_at  -- !
FROM judged AS j LEFT JOIN standards.water_priority_items AS p USING (factor)
GROUP BY j.subject_id, j.span, j.starts_on, j.kind, j.target_class
