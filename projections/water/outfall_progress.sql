-- one row per task of the outfalls, real and simulated apart, with how many have come how far; from water.outfall
-- kind: view
-- key: task, of_simulated
-- ask outfall_progress(): ORDER BY list_position(['SCREENING', 'MONITORING', 'TRACING', 'REMEDY'], task), of_simulated
--   The four tasks over all real outfalls, and over all that a simulator made up.
WITH outfall AS (
  SELECT source = 'simulator' AS of_simulated, unnest(['SCREENING', 'MONITORING', 'TRACING', 'REMEDY']) AS task,
    unnest([screening, monitoring, tracing, remedy]) AS state
  FROM water.outfall
)
SELECT
  task,  -- !
  of_simulated,  -- ! Whether these outfalls are a simulator's: they are never counted with real ones.
  count(*) AS outfalls,  -- ! How many outfalls there are.
  count(*) FILTER (state IS NULL) AS not_begun,  -- ! How many have not begun it.
  count(*) FILTER (state = 'PLANNED') AS planned,  -- ! How many plan it.
  count(*) FILTER (state = 'UNDER_WAY') AS under_way,  -- ! How many have it under way.
  count(*) FILTER (state = 'DONE') AS done,  -- ! How many have it done.
  percent(count(*) FILTER (state = 'DONE'), count(*)) AS share_done,  -- Percent, one decimal.
  count(*) FILTER (of_simulated) AS simulated  -- ! How many of the outfalls are a simulator's: all or none.
FROM outfall
GROUP BY task, of_simulated
