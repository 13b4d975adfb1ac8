-- one row per kind of data, real and simulated, with the share of urban waters that are black and odorous (indicator 20); from water.urban_water
-- kind: view
-- key: simulated
-- Black and odorous are those listed and those under remedy; those without a reported state count as not judged.
SELECT
  source = 'simulator' AS simulated,
  count(*) AS waters,
  count(*) FILTER (state IS NULL) AS not_judged,
  count(*) FILTER (state IN ('BLACK_ODOROUS', 'UNDER_REMEDY')) AS black,
  percent(count(*) FILTER (state IN ('BLACK_ODOROUS', 'UNDER_REMEDY')), count(*) FILTER (state IS NOT NULL)) AS share
FROM water.urban_water
GROUP BY source = 'simulator'
