-- one row per device and local day of what it sent; from base.device_traffic_counted
-- key: mn, day
-- affects base.device_traffic_counted: SELECT mn, local_day(since) AS day FROM changed
-- A count that no integer can hold is null.
WITH counted AS (
  SELECT *, local_day(since) AS day FROM base.device_traffic_counted
)
SELECT
  mn,
  day,
  TRY_CAST(sum(frames) AS BIGINT) AS frames,
  TRY_CAST(sum(bytes) AS BIGINT) AS bytes,
  TRY_CAST(sum(repeated) AS BIGINT) AS repeated,
  TRY_CAST(sum(restated) AS BIGINT) AS restated,
  TRY_CAST(sum(late) AS BIGINT) AS late,
  TRY_CAST(sum(resent) AS BIGINT) AS resent,
  TRY_CAST(sum(refused) AS BIGINT) AS refused,
  TRY_CAST(sum(answered) AS BIGINT) AS answered,
  arg_max(clock_drift_s, row(until, event_id)) AS clock_drift_s,
  min(since) AS first_at,
  max(until) AS last_at
FROM counted
SEMI JOIN wanted USING (mn, day)
GROUP BY mn, day
