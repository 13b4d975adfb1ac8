-- one row per statement of a site on a period; from air.observation_recorded, water.observation_recorded
-- kind: append
-- key: event_id
SELECT
  CAST(event_id AS UUID) AS event_id,
  site_id,
  period,
  observed_at,
  local_day(observed_at) AS day,
  occurred_at,
  recorded_at,
  source,
  statement,
  reviewed,
  topic,
  partition,
  log_offset
FROM incoming
