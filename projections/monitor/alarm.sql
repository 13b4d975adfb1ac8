-- one row per alarm: a site that is silent, a reading that is stuck, a limit that is exceeded or approached, a lake whose trophic class rose; from monitor.episode, monitor.alarm_place, monitor.alarm_handling
-- kind: view
-- key: alarm_id
-- ask alarms(site_id?, kind?, family?, status?): ORDER BY raised_at DESC, alarm_id
--   Alarms raised by the time `at`, the latest first; those that were over then or not, where given.
--   at TIMESTAMP: raised_at <= $at; Those raised by then.
--   cleared? BOOLEAN: (cleared_at IS NOT NULL AND cleared_at <= $at) = $cleared; Whether they were over by then.
--   closed? BOOLEAN: (status = 'CLOSED') = $closed; Whether people have closed them.
--   assigned_to? VARCHAR: assigned_to = $assigned_to; Those that somebody is to see to.
-- An alarm lasts from the beginning of what it is about to its end, and is one however many samplings say so. raised_at of
-- one that is still to come (kind OFFLINE) lies ahead of the log: whoever asks compares it with the time. A reading that
-- is missing clears nothing. An alarm keeps the name that it was handled by where a correction moves its beginning.
SELECT
  coalesce(p.alarm_id,
    e.kind || '/' || e.site_id || '/' || e.factor || '/' || strftime(e.since, '%Y-%m-%dT%H:%M:%SZ')) AS alarm_id,  -- ! public Names the alarm: kind, site, factor and when it began, as it was known when it was first handled.
  e.kind,  -- ! public OFFLINE, STUCK, EXCEEDANCE, APPROACHING or TROPHIC.
  e.family,  -- ! public What it is about: AIR_QUALITY, WATER_QUALITY, DRINKING_WATER, DISCHARGE, STACK, DUST, CATERING, NOISE, TROPHIC_STATE or DATA.
  e.site_id,  -- ! public
  CASE WHEN e.kind <> 'TROPHIC' THEN nullif(e.factor, '') END AS factor,  -- public Code of the factor, as in standards/factor.csv; null where it is about none.
  e.period,  -- public Period of the values that it was raised by; null of a silence.
  e.since,  -- ! public When what it is about began.
  e.raised_at,  -- ! public When it was raised, UTC; of a silence that is still to come, ahead.
  e.cleared_at,  -- public When it was over; null while it is not.
  coalesce(e.said, '') AS said,  -- ! public What was found.
  coalesce(e.about, []) AS about,  -- ! public Codes of the items that it is about, or the trophic class that was reached.
  e.limit_id,  -- public The row of `limits` that is exceeded, or the permit; null where none is.
  coalesce(e.simulated, false) AS simulated,  -- ! public Whether anything that it follows from is a simulator's.
  coalesce(h.status, 'RAISED') AS status,  -- ! public RAISED, ASSIGNED, ACKNOWLEDGED, HANDLED, CLOSED or REOPENED: what people have done about it.
  coalesce(h.status_since, e.raised_at) AS status_since,  -- ! public Since when, UTC.
  h.assigned_to,  -- internal Who is to see to it; null until it was assigned.
  h.acknowledged_by,  -- Who acknowledged it; null until then.
  h.acknowledged_at,  -- public When it was acknowledged, UTC; null until then.
  h.action,  -- public What was done when it was acknowledged.
  h.handled_by,  -- internal Who handled it; null until then.
  h.handled_at,  -- public When it was handled, UTC; null until then.
  h.done,  -- internal What was done about it; null until it was handled.
  h.closed_by,  -- internal Who closed it last.
  h.closed_at,  -- public When it was closed last, UTC.
  h.outcome,  -- public REMEDIED or DISMISSED; null until it was closed.
  h.reason  -- internal Why it was closed.
FROM monitor.episode AS e
LEFT JOIN (FROM monitor.alarm_place WHERE leads) AS p
  ON p.site_id = e.site_id AND p.kind = e.kind AND p.factor = e.factor AND p.since = e.since
LEFT JOIN monitor.alarm_handling AS h ON h.site_id = p.site_id AND h.handled_as = p.handled_as
