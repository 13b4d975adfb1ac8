-- one row per line that devices logged about themselves; from base.device_logged
-- kind: view
-- key: event_id, position
WITH said AS (
  SELECT *, unnest(range(1, least(len(names), len(texts)) + 1)) AS position FROM base.device_logged
)
SELECT
  event_id,
  position,
  mn,
  site_id,
  cn,
  logged_at,
  names[position] AS name,
  texts[position] AS text,
  recorded_at,
  source
FROM said
