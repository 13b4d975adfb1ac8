-- one row per stream and local day of which fine readings have left the tables, up to an offset; from base.history_archived
-- kind: view
-- key: topic, partition, day
WITH said AS (
  SELECT 'env1357.' || subsystem AS topic, day, partitions, offsets,
    unnest(range(1, least(len(partitions), len(offsets)) + 1)) AS position
  FROM base.history_archived
)
SELECT topic, partitions[position] AS partition, day, max(offsets[position]) AS until_offset
FROM said
GROUP BY ALL
