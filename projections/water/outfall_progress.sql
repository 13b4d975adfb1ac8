-- one row per task of the outfalls, with how many have come how far; from water.outfall
-- kind: view
-- key: task
-- ask outfall_progress(): ORDER BY list_position(['SCREENING', 'MONITORING', 'TRACING', 'REMEDY'], task)
--   The four tasks over all outfalls.
WITH outfall AS (
  SELECT site_id, source, unnest(['SCREENING', 'MONITORING', 'TRACING', 'REMEDY']) AS task,
    unnest([screening, monitoring, tracing, remedy]) AS state
  FROM water.outfall
)
SELECT
  task,  -- !
  count(*) AS outfalls,  -- ! How many outfalls there are.
  count(*) FILTER (state IS NULL) AS not_begun,  -- ! How many have not begun it.
  count(*) FILTER (state = 'PLANNED') AS planned,  -- ! How many plan it.
  count(*) FILTER (state = 'UNDER_WAY') AS under_way,  -- ! How many have it under way.
  count(*) FILTER (state = 'DONE') AS done,  -- ! How many have it done.
  percent(count(*) FILTER (state = 'DONE'), count(*)) AS share_done,  -- Percent, one decimal.
  count(*) FILTER (source = 'simulator') AS simulated  -- ! How many of the outfalls are a simulator's.
FROM outfall
GROUP BY task
