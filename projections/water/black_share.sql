-- one row per kind of data, real and simulated, with the share of urban waters that are black and odorous (indicator 20); from water.urban_water
-- kind: view
-- key: simulated
-- ask black_odorous_shares(): ORDER BY simulated
--   Indicator 20.
-- Black and odorous are those listed and those under remedy; those without a reported state count as not judged.
SELECT
  source = 'simulator' AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  count(*) AS waters,  -- ! How many urban waters there are.
  count(*) FILTER (state IS NULL) AS not_judged,  -- ! Waters of which nothing was reported.
  count(*) FILTER (state IN ('BLACK_ODOROUS', 'UNDER_REMEDY')) AS black,  -- ! Waters that are black and odorous.
  percent(count(*) FILTER (state IN ('BLACK_ODOROUS', 'UNDER_REMEDY')), count(*) FILTER (state IS NOT NULL)) AS share  -- Percent of those judged.
FROM water.urban_water
GROUP BY source = 'simulator'
