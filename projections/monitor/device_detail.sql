-- one row per thing that devices said beside observed values: lowest, highest, totals, codes that are no factors; from base.device_detail_recorded
-- kind: view
-- key: event_id, position
WITH said AS (
  SELECT *, unnest(range(1, least(len(names), len(texts)) + 1)) AS position FROM base.device_detail_recorded
)
SELECT
  event_id,
  position,
  mn,
  site_id,
  cn,
  data_at,
  split_part(names[position], '-', 1) AS code,
  split_part(names[position], '-', 2) AS kind,
  texts[position] AS text,
  TRY_CAST(texts[position] AS DOUBLE) AS value,
  recorded_at,
  source
FROM said
