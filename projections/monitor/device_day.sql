-- one row per device and local day of what it sent; from base.device_traffic_counted
-- key: mn, day
-- affects base.device_traffic_counted: SELECT mn, local_day(since) AS day FROM changed
-- ask device_days(since..until of day, mn?): ORDER BY day, mn
--   What devices sent on local days in [since, until].
-- A count that no integer can hold is null.
WITH counted AS (
  SELECT *, local_day(since) AS day FROM base.device_traffic_counted
)
SELECT
  mn,  -- !
  day,  -- ! The local day.
  TRY_CAST(sum(frames) AS BIGINT) AS frames,
  TRY_CAST(sum(bytes) AS BIGINT) AS bytes,
  TRY_CAST(sum(repeated) AS BIGINT) AS repeated,  -- Duplicates: their data had been taken down already.
  TRY_CAST(sum(restated) AS BIGINT) AS restated,  -- Stated otherwise than before.
  TRY_CAST(sum(late) AS BIGINT) AS late,  -- Backfills (补传): long after their period.
  TRY_CAST(sum(resent) AS BIGINT) AS resent,  -- Marked by the device as sent again (RF=1).
  TRY_CAST(sum(refused) AS BIGINT) AS refused,
  TRY_CAST(sum(answered) AS BIGINT) AS answered,
  arg_max(clock_drift_s, row(until, event_id)) AS clock_drift_s,  -- Its clock minus ours, when last told.
  min(since) AS first_at,  -- ! The first time, UTC.
  max(until) AS last_at  -- ! The last time, UTC.
FROM counted
SEMI JOIN wanted USING (mn, day)
GROUP BY mn, day
