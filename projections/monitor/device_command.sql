-- one row per command that was asked for, with what became of it; from base.device_command_requested, base.device_command_ended
-- key: command_id
-- ask device_commands(mn?): ORDER BY requested_at DESC, command_id
--   Commands to devices, the latest first.
WITH requested AS (
  FROM base.device_command_requested SEMI JOIN wanted USING (command_id)
  QUALIFY row_number() OVER (PARTITION BY command_id ORDER BY sequence, event_id) = 1
),
ended AS (
  FROM base.device_command_ended SEMI JOIN wanted USING (command_id)
  QUALIFY row_number() OVER (PARTITION BY command_id ORDER BY sequence, event_id) = 1
)
SELECT
  r.command_id,  -- !
  r.event_id AS request_id,  -- The request that it was made by.
  r.mn,  -- !
  r.cn,  -- !
  r.st,
  r.parameters,
  coalesce(e.outcome, 'PENDING') AS status,  -- ! PENDING, DONE, FAILED, REFUSED, TIMED_OUT or EXPIRED.
  e.qn,
  e.qn_rtn,  -- The device's answer to the request, by HJ 212 table 7.
  e.exe_rtn,  -- How it went, by HJ 212 table 6.
  coalesce(e.sent, 0) AS sent,  -- ! How often it was sent.
  coalesce(e.data_messages, 0) AS data_messages,  -- !
  r.recorded_at AS requested_at,  -- ! When it was requested, UTC.
  r.expires_at,  -- !
  e.recorded_at AS ended_at,  -- When it ended, UTC; null until then.
  r.source  -- !
FROM requested AS r
LEFT JOIN ended AS e USING (command_id)
