-- one row per monitor of a source, factor and hour that exceeds its limit where the hour before it in the local day did not, or the other way round, and the first of each day; from air.source_exceedance, base.observation, base.reading, base.barred
-- key: site_id, day
-- affects air.source_exceedance: SELECT site_id, local_day(observed_at) AS day FROM changed
-- A day is cut at midnight, so that it follows from itself. What was not stated, or does not count, turns nothing.
WITH stated AS (
  SELECT r.site_id, r.day, r.factor, r.observed_at, r.set_aside
  FROM base.reading AS r
  SEMI JOIN wanted AS w ON w.site_id = r.site_id AND w.day = r.day
  JOIN base.observation AS o USING (site_id, period, observed_at, log_offset)
  WHERE r.period = 'HOUR' AND o.topic = 'env1357.air'
  QUALIFY row_number() OVER (PARTITION BY r.site_id, r.observed_at, r.factor ORDER BY r.standing DESC) = 1
),
judged AS (
  SELECT s.site_id, s.day, s.factor, s.observed_at, e.limit_id IS NOT NULL AS exceeded, e.limit_id, e.simulated,
    CASE WHEN s.factor = 'Leq' THEN 'NOISE' WHEN e.watches = 'DUST_SOURCE' THEN 'DUST' ELSE e.watches END AS family,
    e.value || ' ' || e.unit || ', limit ' || e.limit_value AS said
  FROM stated AS s
  LEFT JOIN base.barred AS b ON b.site_id = s.site_id AND b.factor = s.factor AND b.period = 'HOUR' AND b.observed_at = s.observed_at
  LEFT JOIN air.source_exceedance AS e ON e.site_id = s.site_id AND e.factor = s.factor AND e.observed_at = s.observed_at
  WHERE s.set_aside IS NULL AND b.site_id IS NULL
)
SELECT site_id, day, factor, observed_at, exceeded, family, said, limit_id, simulated
FROM judged
QUALIFY exceeded IS DISTINCT FROM lag(exceeded) OVER (PARTITION BY site_id, day, factor ORDER BY observed_at)
