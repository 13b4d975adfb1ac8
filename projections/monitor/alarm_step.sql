-- one row per step that people took on an alarm, and alarm that it is on by what is known; from monitor.alarm_place, base.alarm_assigned, base.alarm_acknowledged, base.alarm_handled, base.alarm_closed, base.alarm_reopened, base.water_alarm_handled
-- kind: view
-- key: event_id, alarm_id
-- ask alarm_steps(alarm_id?): ORDER BY occurred_at, event_id
--   Steps of handling, the oldest first; of one alarm where given.
--   without_alarm? BOOLEAN: (alarm_id IS NULL) = $without_alarm; Those whose alarm a correction took away.
WITH taken AS (
  SELECT event_id, alarm_id, 'ASSIGNED' AS step, assignee AS said, source, occurred_at, recorded_at FROM base.alarm_assigned
  UNION ALL
  SELECT event_id, alarm_id, 'ACKNOWLEDGED', action, source, occurred_at, recorded_at FROM base.alarm_acknowledged
  UNION ALL
  SELECT event_id, alarm_id, 'HANDLED', done, source, occurred_at, recorded_at FROM base.alarm_handled
  UNION ALL
  SELECT event_id, alarm_id, 'CLOSED', outcome || ': ' || reason, source, occurred_at, recorded_at FROM base.alarm_closed
  UNION ALL
  SELECT event_id, alarm_id, 'REOPENED', reason, source, occurred_at, recorded_at FROM base.alarm_reopened
  UNION ALL
  SELECT event_id, alarm_id,
    CASE decision WHEN 'CONFIRMED' THEN 'ACKNOWLEDGED' WHEN 'RESOLVED' THEN 'HANDLED' ELSE 'CLOSED' END, reason, decided_by,
    occurred_at, recorded_at
  FROM base.water_alarm_handled
)
SELECT
  CAST(t.event_id AS VARCHAR) AS event_id,  -- ! public Identity of the event that says so.
  p.alarm_id,  -- public The alarm that it is on now; null where a correction took it away.
  t.alarm_id AS handled_as,  -- ! public The alarm as it was named then.
  t.step,  -- ! public ASSIGNED, ACKNOWLEDGED, HANDLED, CLOSED or REOPENED.
  t.said,  -- ! internal To whom, what was done, or why.
  t.source AS taken_by,  -- ! internal Who took the step.
  t.occurred_at,  -- ! public When it was taken, UTC.
  t.recorded_at  -- ! public When the platform took it down, UTC.
FROM taken AS t
LEFT JOIN monitor.alarm_place AS p ON p.handled_as = t.alarm_id
