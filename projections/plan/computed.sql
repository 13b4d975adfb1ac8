-- one row per indicator of the plan and year that it follows from what was observed and reported in; from air.evaluation, water.class_share, water.section, water.source_rate, water.sewage_rate, base.urban_water_registered, base.site, base.urban_water_state_reported, standards.water_share_indicators
-- kind: view
-- key: indicator_id, year
-- valid says whether the year is whole: enough valid days; all sections, sources and months; a state of every water.
-- Sewage is that of the year's months together; a water's state is the one last reported by the end of the year, and
-- what a simulator says counts only where there is nothing else.
WITH section AS (
  SELECT i.indicator_id, count(*) AS registered, count(*) FILTER (s.source <> 'simulator') AS registered_real FROM water.section AS s
  JOIN standards.water_share_indicators AS i ON list_contains(string_split(i.controls, '|'), s.control) GROUP BY ALL
),
sewage AS (
  SELECT year(month) AS year, count(*) = 12 AS valid, simulated,
    round_even(sum(exact_collection_rate * people * day(last_day(month))) / sum(people * day(last_day(month))), 1) AS collection_rate,
    count(collection_rate) = count(*) AS all_collected,
    round_even(sum(exact_treatment_rate * discharged_m3) / sum(discharged_m3), 1) AS treatment_rate,
    count(treatment_rate) = count(*) AS all_treated
  FROM water.sewage_rate WHERE people > 0 AND discharged_m3 > 0 GROUP BY year(month), simulated
  QUALIFY row_number() OVER (PARTITION BY year(month) ORDER BY simulated) = 1
),
state AS (
  SELECT y.year, s.site_id, arg_max(s.state, s.sequence) AS state, max(s.recorded_at) AS recorded_at
  FROM (SELECT DISTINCT year(local_day(occurred_at)) AS year FROM base.urban_water_state_reported) AS y
  JOIN base.urban_water_state_reported AS s ON year(local_day(s.occurred_at)) <= y.year
  GROUP BY ALL
),
water AS (
  SELECT y.year, r.source = 'simulator' AS simulated, count(*) AS waters, count(s.state) AS judged,
    count(*) FILTER (s.state IN ('BLACK_ODOROUS', 'UNDER_REMEDY')) AS black, max(s.recorded_at) AS recorded_at
  FROM (SELECT DISTINCT year FROM state) AS y
  CROSS JOIN place(urban_water) AS r
  LEFT JOIN state AS s ON s.year = y.year AND s.site_id = r.site_id
  GROUP BY y.year, r.source = 'simulator'
  QUALIFY row_number() OVER (PARTITION BY y.year ORDER BY r.source = 'simulator') = 1
)
SELECT '1' AS indicator_id, year(starts_on) AS year, pm25_mean AS value, valid, simulated, recorded_at
FROM air.evaluation WHERE scope_id = 'xunyang' AND period = 'YEAR'
UNION ALL
SELECT '2', year(starts_on), good_share, valid, simulated, recorded_at
FROM air.evaluation WHERE scope_id = 'xunyang' AND period = 'YEAR'
UNION ALL
SELECT c.indicator_id, year(c.starts_on), c.share, c.months = 12 AND c.sections = if(c.simulated, s.registered, s.registered_real), c.simulated, c.recorded_at
FROM water.class_share AS c JOIN section AS s USING (indicator_id) WHERE c.span = 'YEAR'
QUALIFY row_number() OVER (PARTITION BY c.indicator_id, c.starts_on ORDER BY c.simulated) = 1
UNION ALL
SELECT '17', year(starts_on), share, suffices, simulated, recorded_at FROM water.source_rate WHERE span = 'YEAR'
QUALIFY row_number() OVER (PARTITION BY starts_on ORDER BY simulated) = 1
UNION ALL
SELECT '18a', year, CASE WHEN all_collected THEN collection_rate END, valid, simulated, NULL FROM sewage
UNION ALL
SELECT '18b', year, CASE WHEN all_treated THEN treatment_rate END, valid, simulated, NULL FROM sewage
UNION ALL
SELECT '20', year, percent(black, judged), judged = waters, simulated, recorded_at FROM water
