-- one row per command that was asked for, with what became of it; from base.device_command_requested, base.device_command_ended
-- key: command_id
WITH requested AS (
  FROM base.device_command_requested SEMI JOIN wanted USING (command_id)
  QUALIFY row_number() OVER (PARTITION BY command_id ORDER BY sequence, event_id) = 1
),
ended AS (
  FROM base.device_command_ended SEMI JOIN wanted USING (command_id)
  QUALIFY row_number() OVER (PARTITION BY command_id ORDER BY sequence, event_id) = 1
)
SELECT
  r.command_id,
  r.event_id AS request_id,
  r.mn,
  r.cn,
  r.st,
  r.parameters,
  coalesce(e.outcome, 'PENDING') AS status,
  e.qn,
  e.qn_rtn,
  e.exe_rtn,
  coalesce(e.sent, 0) AS sent,
  coalesce(e.data_messages, 0) AS data_messages,
  r.recorded_at AS requested_at,
  r.expires_at,
  e.recorded_at AS ended_at,
  r.source
FROM requested AS r
LEFT JOIN ended AS e USING (command_id)
