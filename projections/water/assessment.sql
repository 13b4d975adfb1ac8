-- one row per section or lake and sampling, judged by its worst item (GB 3838-2002, 环办〔2011〕22号); from water.sampling, base.site, standards.limit, standards.water_priority_items
-- key: site_id, period, observed_at
-- affects water.sampling: SELECT c.site_id, c.period, c.observed_at FROM changed AS c JOIN base.site AS t ON t.site_id = c.site_id AND t.kind IN ('section', 'lake')
-- affects base.site: SELECT s.site_id, s.period, s.observed_at FROM water.sampling AS s SEMI JOIN changed USING (site_id)
-- ask water_assessments(since..until of observed_at, site_id?): ORDER BY observed_at, site_id
--   Assessments of samplings that start in [since, until), oldest first.
-- column exceedances.factor: ! Code of the item.
-- column exceedances.class: ! Its own class, 4 to 6.
-- column exceedances.exceeded_by: Multiple of class Ⅲ's limit that it exceeds it by; pH and dissolved oxygen have none.
-- column exceedances.limit_id: ! The row of `limits` that it is beyond: class Ⅲ's.
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
    any_value(l.standard) AS edition,
    any_value(s.target_class) AS target_class,
    any_value(s.simulated) AS simulated,
    any_value(s.recorded_at) AS recorded_at,
    any_value(s.item.below) AS below,
    any_value(s.item.reviewed) AS reviewed,
    CAST(1 + count(*) FILTER (beyond(s.item.counted, l.at_least, l.at_most)) AS TINYINT) AS class,
    any_value(times_beyond(s.item.counted, l.at_most, l.has_multiple)) FILTER (l.level = '3') AS exceeded_by,
    any_value(l.limit_id) FILTER (l.level = '3') AS limit_id
  FROM sampled AS s
  JOIN standards.limit AS l
    ON l.family = 'WATER_CLASS' AND l.factor = s.item.factor AND l.scope = s.water_body_kind
    AND in_force(local_day(s.observed_at), l.in_force_from, l.in_force_until)
  GROUP BY s.site_id, s.period, s.observed_at, l.factor
),
ranked AS (
  SELECT j.site_id, j.period, j.observed_at, j.factor, j.edition, j.target_class, j.simulated, j.recorded_at, j.below,
    j.reviewed, j.class, j.exceeded_by, j.limit_id,
    max(j.class) OVER sampling AS worst,
    row_number() OVER (sampling ORDER BY j.class > 3 DESC, p.factor IS NULL, j.class DESC,
      j.exceeded_by DESC NULLS LAST, j.factor) AS place
  FROM judged AS j
  LEFT JOIN standards.water_priority_items AS p USING (factor)
  WINDOW sampling AS (PARTITION BY j.site_id, j.period, j.observed_at)
)
SELECT
  site_id,  -- !
  period,  -- !
  observed_at,  -- ! Start of the period, UTC.
  CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month,  -- First day of the local month.
  worst AS class,  -- ! 1 to 5, and 6 for worse than class Ⅴ.
  coalesce(list(factor ORDER BY factor) FILTER (class = worst AND class > 1), []) AS deciding_items,  -- ! Items of that class; none where it is class Ⅰ.
  coalesce(list(factor ORDER BY place) FILTER (class > 3 AND place <= 3), []) AS main_pollutants,  -- ! At most three items worse than class Ⅲ, worst first.
  coalesce(list({factor: factor, class: class, exceeded_by: exceeded_by, limit_id: limit_id} ORDER BY factor)
    FILTER (class > 3), []) AS exceedances,  -- ! The items worse than class Ⅲ.
  coalesce(list(factor ORDER BY factor) FILTER (below), []) AS below_detection,  -- ! Items stated as below detection: half counts.
  count(*) AS items,  -- ! How many items were judged.
  any_value(edition) AS edition,  -- ! The edition of the standard that it is judged by.
  any_value(target_class) AS target_class,
  worst <= any_value(target_class) AS meets_target,  -- Whether its class is the target's or better; null where there is no target.
  bool_and(reviewed) AS reviewed,  -- ! Whether all values are final, reviewed ones; else provisional.
  any_value(simulated) AS simulated,  -- Whether anything that it follows from is a simulator's.
  any_value(recorded_at) AS recorded_at  -- !
FROM ranked
GROUP BY site_id, period, observed_at, worst
