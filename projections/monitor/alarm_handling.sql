-- one row per name that people handled an alarm by, with where its handling stands; from base.alarm_assigned, base.alarm_acknowledged, base.alarm_handled, base.alarm_closed, base.alarm_reopened, base.water_alarm_handled
-- kind: view
-- key: handled_as
-- A name says kind, site, factor and when the alarm began; what people decided on alarms of waters before there was one
-- chain names a sampling (older), and is about all factors of it (factor is null).
WITH assigned AS (
  FROM last(base.alarm_assigned)
),
acknowledged AS (
  FROM last(base.alarm_acknowledged)
),
handled AS (
  FROM last(base.alarm_handled)
),
closed AS (
  FROM last(base.alarm_closed)
),
decided AS (
  FROM last(base.water_alarm_handled)
),
said AS (
  SELECT s.alarm_id AS handled_as, false AS older, s.status, s.status_since, s.recorded_at, a.assignee AS assigned_to,
    k.source AS acknowledged_by, k.occurred_at AS acknowledged_at, k.action, h.source AS handled_by,
    h.occurred_at AS handled_at, h.done, c.source AS closed_by, c.occurred_at AS closed_at, c.outcome, c.reason
  FROM life(alarm) AS s
  LEFT JOIN assigned AS a USING (alarm_id)
  LEFT JOIN acknowledged AS k USING (alarm_id)
  LEFT JOIN handled AS h USING (alarm_id)
  LEFT JOIN closed AS c USING (alarm_id)
  UNION ALL BY NAME
  SELECT alarm_id AS handled_as, true AS older,
    CASE decision WHEN 'CONFIRMED' THEN 'ACKNOWLEDGED' WHEN 'RESOLVED' THEN 'HANDLED' ELSE 'CLOSED' END AS status,
    occurred_at AS status_since, recorded_at,
    if(decision = 'CONFIRMED', decided_by, NULL) AS acknowledged_by,
    if(decision = 'CONFIRMED', occurred_at, NULL) AS acknowledged_at, if(decision = 'CONFIRMED', reason, NULL) AS action,
    if(decision = 'RESOLVED', decided_by, NULL) AS handled_by, if(decision = 'RESOLVED', occurred_at, NULL) AS handled_at,
    if(decision = 'RESOLVED', reason, NULL) AS done, if(decision = 'DISMISSED', decided_by, NULL) AS closed_by,
    if(decision = 'DISMISSED', occurred_at, NULL) AS closed_at, if(decision = 'DISMISSED', 'DISMISSED', NULL) AS outcome,
    if(decision = 'DISMISSED', reason, NULL) AS reason
  FROM decided
),
split AS (
  SELECT *, regexp_extract(handled_as, '^([A-Z]+)/(.+)/([^/]*)/([^/]+)$', ['kind', 'site_id', 'of_what', 'at']) AS parts
  FROM said
)
SELECT
  handled_as, older, parts.site_id AS site_id,
  CASE WHEN NOT older OR parts.kind = 'TROPHIC' THEN [parts.kind]
    WHEN parts.kind = 'SOURCE' THEN ['EXCEEDANCE', 'APPROACHING'] ELSE ['EXCEEDANCE'] END AS kinds,
  CASE WHEN NOT older OR parts.kind = 'TROPHIC' THEN parts.of_what WHEN parts.kind = 'TARGET' THEN '' END AS factor,
  try_strptime(parts.at, ['%Y-%m-%dT%H:%M:%SZ', '%Y%m%dT%H%M%SZ']) AS named_at,
  status, status_since, assigned_to, acknowledged_by, acknowledged_at, action, handled_by, handled_at, done, closed_by,
  closed_at, outcome, reason, recorded_at
FROM split
