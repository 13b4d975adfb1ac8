-- one row per alarm of the water subsystem, as clients of before ask for it; from monitor.alarm
-- kind: view
-- key: alarm_id
-- ask water_alarms(since..until of observed_at, kind?): ORDER BY observed_at DESC, alarm_id
--   Alarms of waters that began in [since, until), the latest first; decided or not, where asked. For clients of before: `alarms` has all alarms.
--   decided? BOOLEAN: (decision IS NOT NULL) = $decided; Whether people have decided on it.
SELECT
  alarm_id,  -- !
  CASE family WHEN 'TROPHIC_STATE' THEN 'TROPHIC' WHEN 'DRINKING_WATER' THEN 'SOURCE' WHEN 'DISCHARGE' THEN 'OUTFALL'
    ELSE 'TARGET' END AS kind,  -- ! public TROPHIC, SOURCE, OUTFALL or TARGET.
  site_id,  -- !
  period,  -- ! public Period of the sampling that it was raised by, or the length of time that was compared.
  since AS observed_at,  -- ! public When it began, UTC.
  CASE WHEN kind = 'TROPHIC' THEN 'CLASS_ROSE' WHEN kind = 'APPROACHING' THEN 'APPROACHING'
    WHEN family = 'WATER_QUALITY' THEN 'WORSE_THAN_TARGET' ELSE 'EXCEEDED' END AS level,  -- ! public CLASS_ROSE, APPROACHING, EXCEEDED or WORSE_THAN_TARGET.
  about,  -- ! public Factors, or the trophic class that was reached.
  simulated,  -- ! public Whether anything that it follows from is a simulator's.
  CASE WHEN status IN ('ASSIGNED', 'ACKNOWLEDGED') THEN 'CONFIRMED' WHEN outcome = 'DISMISSED' AND status = 'CLOSED'
    THEN 'DISMISSED' WHEN status IN ('HANDLED', 'CLOSED') THEN 'RESOLVED' END AS decision,  -- public CONFIRMED, DISMISSED or RESOLVED; null until decided.
  CASE status WHEN 'ACKNOWLEDGED' THEN action WHEN 'HANDLED' THEN done WHEN 'CLOSED' THEN reason END AS reason,  -- internal Why it was decided so, and what was done.
  CASE status WHEN 'ASSIGNED' THEN assigned_to WHEN 'ACKNOWLEDGED' THEN acknowledged_by WHEN 'HANDLED' THEN handled_by
    WHEN 'CLOSED' THEN closed_by END AS decided_by,  -- internal The person who decided.
  CASE WHEN status NOT IN ('RAISED', 'REOPENED') THEN status_since END AS decided_at  -- public When it was decided, UTC; null until then.
FROM monitor.alarm
WHERE family IN ('WATER_QUALITY', 'DRINKING_WATER', 'DISCHARGE', 'TROPHIC_STATE')
