-- one row per lake and sampling, month, quarter or year that has all five items, with its trophic index (总站生字〔2001〕090号); from water.sampling, water.evaluation, base.site, standards.lake_trophic_items, standards.lake_trophic_classes
-- kind: view
-- key: site_id, span, starts_at
-- span is the sampling's period, MONTH, QUARTER or YEAR; tli = Σ rij² tli_j / Σ rij², four decimals. A value of 0 has no logarithm.
WITH said AS (
  SELECT s.site_id, s.period AS span, s.observed_at AS starts_at, s.reviewed, s.simulated, s.recorded_at,
    unnest(s.items).factor AS factor, unnest(s.items).counted AS counted
  FROM water.sampling AS s JOIN base.site AS t ON t.site_id = s.site_id AND t.kind = 'lake'
  UNION ALL
  SELECT subject_id, span, day_start(starts_on), reviewed, simulated, recorded_at, unnest(means).factor, unnest(means).mean
  FROM water.evaluation WHERE kind = 'lake'
),
item AS (
  SELECT s.site_id, s.span, s.starts_at, s.reviewed, s.simulated, s.recorded_at, s.factor, i.rij * i.rij AS weight,
    10 * (i.constant + i.slope * ln(greatest(s.counted, 1) / 1e6)) AS tli
  FROM said AS s JOIN standards.lake_trophic_items AS i USING (factor)
  WHERE s.counted > 0
),
whole AS (
  SELECT site_id, span, starts_at,
    round(sum(weight * tli ORDER BY factor) / sum(weight ORDER BY factor), 4) AS tli,
    list({factor: factor, tli: round(tli, 4)} ORDER BY factor) AS items,
    bool_and(reviewed) AS reviewed, bool_or(simulated) AS simulated, max(recorded_at) AS recorded_at
  FROM item
  GROUP BY site_id, span, starts_at
  HAVING count(*) = (SELECT count(*) FROM standards.lake_trophic_items)
)
SELECT
  w.site_id,
  w.span,
  w.starts_at,
  w.tli,
  CAST(c.class AS TINYINT) AS class,
  c.name_zh,
  c.name_en,
  w.items,
  w.reviewed,
  w.simulated,
  w.recorded_at
FROM whole AS w
JOIN standards.lake_trophic_classes AS c
  ON w.tli >= coalesce(c.at_least, -1e9) AND w.tli > coalesce(c.above, -1e9)
QUALIFY row_number() OVER (PARTITION BY w.site_id, w.span, w.starts_at ORDER BY c.class DESC) = 1
