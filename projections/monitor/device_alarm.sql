-- one row per thing said in the alarms that devices raised themselves; from base.device_alarmed
-- kind: view
-- key: event_id, position
WITH said AS (
  SELECT *, unnest(range(1, least(len(names), len(texts)) + 1)) AS position FROM base.device_alarmed
)
SELECT
  event_id,
  position,
  mn,
  site_id,
  cn,
  alarmed_at,
  names[position] AS name,
  texts[position] AS text,
  recorded_at,
  source
FROM said
