-- one row per lake and sampling, month, quarter or year that has all five items, with its trophic index (总站生字〔2001〕090号); from water.sampling, water.span_mean, base.site, standards.lake_trophic_items, standards.lake_trophic_classes
-- key: site_id, span, starts_at
-- affects water.sampling: SELECT site_id, period AS span, observed_at AS starts_at FROM changed SEMI JOIN base.lake_registered USING (site_id)
-- affects water.span_mean: SELECT c.subject_id AS site_id, s.span, day_start(CAST(date_trunc(lower(s.span), c.starts_on) AS DATE)) AS starts_at FROM changed AS c SEMI JOIN base.lake_registered AS l ON l.site_id = c.subject_id, (VALUES ('MONTH'), ('QUARTER'), ('YEAR')) AS s (span) WHERE c.span = 'MONTH'
-- affects base.site: SELECT site_id, period AS span, observed_at AS starts_at FROM water.sampling SEMI JOIN changed USING (site_id) SEMI JOIN base.lake_registered USING (site_id) UNION ALL SELECT subject_id, span, day_start(starts_on) FROM water.span_mean AS m SEMI JOIN changed AS c ON c.site_id = m.subject_id
-- ask trophic_states(since..until of starts_at, site_id?, span?): ORDER BY starts_at, span, site_id
--   Trophic states of lakes that start in [since, until), oldest first.
-- column items.factor: ! Code of the item.
-- column items.tli: ! Its trophic level index.
-- span is the sampling's period, MONTH, QUARTER or YEAR; tli = Σ rij² tli_j / Σ rij², four decimals. A value of 0 has no logarithm.
-- A quarter's or year's is made of the means of the months that have all five items: five items of different months are no state of a lake.
WITH month AS (
  SELECT w.site_id, w.span, w.starts_at, m.starts_on, m.reviewed, m.simulated, m.recorded_at,
    unnest(m.means).factor AS factor, unnest(m.means).mean AS mean
  FROM wanted AS w
  JOIN water.span_mean AS m ON m.subject_id = w.site_id AND m.span = 'MONTH'
    AND m.starts_on >= local_day(w.starts_at)
    AND m.starts_on < local_day(w.starts_at) + to_months(months_of(w.span))
  WHERE w.span IN ('MONTH', 'QUARTER', 'YEAR')
),
whole_month AS (
  FROM month SEMI JOIN standards.lake_trophic_items USING (factor) WHERE mean > 0
  QUALIFY count(*) OVER (PARTITION BY site_id, span, starts_at, starts_on) = (SELECT count(*) FROM standards.lake_trophic_items)
),
said AS (
  SELECT s.site_id, s.period AS span, s.observed_at AS starts_at, NULL AS months, s.reviewed, s.simulated, s.recorded_at,
    unnest(s.items).factor AS factor, unnest(s.items).counted AS counted
  FROM water.sampling AS s
  SEMI JOIN wanted AS w ON w.site_id = s.site_id AND w.span = s.period AND w.starts_at = s.observed_at
  UNION ALL
  SELECT site_id, span, starts_at, count(*), bool_and(reviewed), bool_or(simulated), max(recorded_at), factor, mean_of(factor, mean)
  FROM whole_month GROUP BY site_id, span, starts_at, factor
),
item AS (
  SELECT s.site_id, s.span, s.starts_at, s.months, s.reviewed, s.simulated, s.recorded_at, s.factor, i.rij * i.rij AS weight,
    10 * (i.constant + i.slope * ln(greatest(s.counted, 1) / 1e6)) AS tli
  FROM said AS s
  JOIN base.site AS t ON t.site_id = s.site_id AND t.kind = 'lake'
  JOIN standards.lake_trophic_items AS i USING (factor)
  WHERE s.counted > 0
),
whole AS (
  SELECT site_id, span, starts_at,
    round(sum(weight * tli ORDER BY factor) / sum(weight ORDER BY factor), 4) AS tli,
    list({factor: factor, tli: round(tli, 4)} ORDER BY factor) AS items,
    CAST(any_value(months) AS INTEGER) AS months,
    bool_and(reviewed) AS reviewed, bool_or(simulated) AS simulated, max(recorded_at) AS recorded_at
  FROM item
  GROUP BY site_id, span, starts_at
  HAVING count(*) = (SELECT count(*) FROM standards.lake_trophic_items)
)
SELECT
  w.site_id,  -- !
  w.span,  -- ! Period of the sampling, MONTH, QUARTER or YEAR.
  w.starts_at,  -- ! Start of the sampling, or of the month, quarter or year, UTC.
  w.tli,  -- ! Comprehensive trophic level index, TLI(Σ).
  CAST(c.class AS TINYINT) AS class,  -- ! 1 oligotrophic to 5 severely eutrophic.
  c.name_zh,  -- !
  c.name_en,  -- !
  w.items,  -- ! The index of each of the five items.
  w.months,  -- Of how many months with all five items it is made; null of a sampling.
  w.months = months_of(w.span) AS suffices,  -- Whether these are all months of the span; null of a sampling.
  w.reviewed,  -- ! Whether all values are final, reviewed ones; else provisional.
  w.simulated,  -- ! Whether anything that it follows from is a simulator's.
  w.recorded_at  -- !
FROM whole AS w
JOIN standards.lake_trophic_classes AS c
  ON w.tli >= coalesce(c.at_least, -1e9) AND w.tli > coalesce(c.above, -1e9)
QUALIFY row_number() OVER (PARTITION BY w.site_id, w.span, w.starts_at ORDER BY c.class DESC) = 1
