-- one row per source monitor, factor and hour whose last word exceeds the limit that applies then; from base.source_monitor_registered, base.dust_source_registered, base.site, base.permit_granted, base.observation, base.reading, base.review_mark, base.barred, standards.check_reach, standards.limit
-- key: site_id, observed_at
-- affects base.source_monitor_registered: SELECT site_id, observed_at FROM base.observation SEMI JOIN changed USING (site_id) WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.dust_source_registered: SELECT o.site_id, o.observed_at FROM base.observation AS o JOIN base.source_monitor_registered AS m USING (site_id) JOIN changed ON changed.site_id = m.source_id WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.site: SELECT o.site_id, o.observed_at FROM base.observation AS o JOIN base.source_monitor_registered AS m USING (site_id) JOIN changed ON changed.site_id IN (m.site_id, m.source_id) WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.permit_granted: SELECT o.site_id, o.observed_at FROM base.observation AS o JOIN base.source_monitor_registered AS m USING (site_id) JOIN changed ON changed.enterprise_id = m.source_id WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.observation: SELECT site_id, observed_at + to_hours(unnest(bars)) AS observed_at FROM changed JOIN standards.check_reach USING (topic) SEMI JOIN base.source_monitor_registered USING (site_id) WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.review_mark: SELECT site_id, observed_at FROM changed SEMI JOIN base.source_monitor_registered USING (site_id) WHERE period = 'HOUR'
-- ask source_exceedances(since..until of observed_at, watches?, source_id?, site_id?): ORDER BY observed_at, site_id, factor
--   Exceedances at sources in hours that start in [since, until), oldest first.
-- The limit is a stack's permit of that day, the strictest where there are several, else the standard's, the
-- laxest where its scope is not known. Of a permit that was granted anew, its last word that is valid on the day counts.
WITH monitor AS (
  SELECT m.site_id, m.watches, m.source_id, m.stack_no, m.standard, m.scope, m.level, m.source = 'simulator' AS simulated,
    d.dust_kind
  FROM place(source_monitor) AS m
  LEFT JOIN (FROM base.dust_source_registered SEMI JOIN (FROM base.site WHERE kind = 'dust_source') USING (site_id)) AS d
    ON m.watches = 'DUST_SOURCE' AND d.site_id = m.source_id
  QUALIFY row_number() OVER (PARTITION BY m.site_id ORDER BY m.sequence DESC, d.sequence DESC) = 1
),
last_word AS (
  SELECT r.site_id, r.observed_at, r.factor, r.value, r.unit, r.mark, r.set_aside, r.reviewed, r.recorded_at, r.source,
    o.event_id
  FROM base.reading AS r
  SEMI JOIN wanted USING (site_id, observed_at)
  JOIN base.observation AS o USING (site_id, period, observed_at, log_offset)
  WHERE r.period = 'HOUR' AND o.topic = 'env1357.air'
  QUALIFY row_number() OVER (PARTITION BY r.site_id, r.observed_at, r.factor ORDER BY r.standing DESC) = 1
),
permit AS (
  SELECT w.site_id, w.observed_at, p.permit_no, p.factors, p.limits
  FROM wanted AS w
  JOIN monitor AS m ON m.site_id = w.site_id AND m.watches = 'STACK'
  JOIN base.permit_granted AS p
    ON p.enterprise_id = m.source_id AND local_day(w.observed_at) BETWEEN p.valid_from AND p.valid_until
  QUALIFY row_number() OVER (PARTITION BY w.site_id, w.observed_at, p.permit_no ORDER BY p.sequence DESC) = 1
),
permitted AS (
  FROM (SELECT site_id, observed_at, permit_no, unnest(factors) AS factor, unnest(limits) AS limit_value FROM permit)
  WHERE limit_value >= 0 AND limit_value < beyond_measure()
  QUALIFY row_number() OVER (PARTITION BY site_id, observed_at, factor ORDER BY limit_value, permit_no) = 1
),
compared AS (
  SELECT r.*, m.watches, m.source_id, m.stack_no, p.permit_no, m.simulated OR r.source = 'simulator' AS simulated,
    if(p.permit_no IS NULL, l.limit_id, 'permit/' || p.permit_no || '/' || r.factor) AS limit_id,
    if(p.permit_no IS NULL, l.standard, NULL) AS standard, if(p.permit_no IS NULL, l.clause, NULL) AS clause,
    coalesce(p.limit_value, l.at_most / 1e6) AS limit_value, if(p.permit_no IS NULL, l.status, 'permit') AS limit_status,
    counted_millionths(r.value, r.mark) AS counted, coalesce(millionths(p.limit_value), l.at_most) AS allowed,
    coalesce(l.has_multiple, r.unit IS DISTINCT FROM 'dB(A)') AS has_multiple
  FROM last_word AS r
  JOIN monitor AS m USING (site_id)
  LEFT JOIN base.barred AS b ON b.site_id = r.site_id AND b.factor = r.factor AND b.period = 'HOUR' AND b.observed_at = r.observed_at
  LEFT JOIN permitted AS p ON p.site_id = r.site_id AND p.observed_at = r.observed_at AND p.factor = r.factor
  LEFT JOIN standards.limit AS l
    ON l.family = m.watches AND l.factor = r.factor
    AND (l.by_default OR l.standard = m.standard AND l.level = m.level AND l.scope = coalesce(m.scope, l.scope))
    AND (l.place_kinds IS NULL OR list_contains(l.place_kinds, m.dust_kind))
    AND in_force(local_day(r.observed_at), l.in_force_from, l.in_force_until)
    AND hour(r.observed_at + INTERVAL 8 HOURS) BETWEEN coalesce(l.from_hour, 0) AND coalesce(l.until_hour, 24) - 1
  WHERE r.set_aside IS NULL AND b.site_id IS NULL
  QUALIFY row_number() OVER (PARTITION BY r.site_id, r.observed_at, r.factor ORDER BY l.at_most DESC, l.scope) = 1
)
SELECT
  site_id,  -- !
  factor,  -- ! Code of the factor, as in standards/factor.csv; null where it is about none.
  observed_at,  -- ! Start of the hour.
  CAST(watches AS VARCHAR) AS watches,  -- ! DUST_SOURCE, CATERING or STACK.
  source_id,  -- !
  stack_no,
  value,  -- ! The value, in the factor's unit; null where there is none.
  unit,  -- ! Unit of the value.
  limit_value,  -- ! In the same unit.
  times_beyond(counted, allowed, has_multiple) AS multiple,  -- (value - limit) / limit, two decimals; null of decibels, and where the limit is 0.
  CAST(from_millionths(counted - allowed) AS DOUBLE) AS excess,  -- ! By how much what counts is above the limit, in the factor's unit.
  limit_id,  -- ! The row that judged it, as `limits` has it, or the permit.
  permit_no,  -- The permit that limits it; null where a standard does.
  standard,
  clause,  -- Where the rule or limit stands.
  limit_status,  -- ! permit, or how well the standard's limit is known.
  CAST(event_id AS VARCHAR) AS event_id,  -- ! The observation, to be cited as evidence.
  simulated,  -- ! Whether anything that it follows from is a simulator's.
  reviewed,  -- !
  recorded_at
FROM compared
WHERE beyond(counted, NULL, allowed)
