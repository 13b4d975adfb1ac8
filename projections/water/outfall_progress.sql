-- one row per task of the outfalls, with how many have come how far; from water.outfall
-- kind: view
-- key: task
WITH outfall AS (
  SELECT site_id, source, unnest(['SCREENING', 'MONITORING', 'TRACING', 'REMEDY']) AS task,
    unnest([screening, monitoring, tracing, remedy]) AS state
  FROM water.outfall
)
SELECT
  task,
  count(*) AS outfalls,
  count(*) FILTER (state IS NULL) AS not_begun,
  count(*) FILTER (state = 'PLANNED') AS planned,
  count(*) FILTER (state = 'UNDER_WAY') AS under_way,
  count(*) FILTER (state = 'DONE') AS done,
  percent(count(*) FILTER (state = 'DONE'), count(*)) AS share_done,
  count(*) FILTER (source = 'simulator') AS simulated
FROM outfall
GROUP BY task
