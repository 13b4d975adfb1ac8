-- one row per span in which a catering house's fan ran and its purifier did not; from air.purifier_span
-- kind: view
-- key: catering_id, since
-- ask purifier_lapses(catering_id?): ORDER BY since, catering_id
--   Spans that overlap [since, until) in which fans ran without their purifiers.
--   since TIMESTAMP: until > $since; Those that ended behind it.
--   until TIMESTAMP: since < $until; Those that began before it.
WITH lapse AS (
  SELECT catering_id, stated_at, holds_until, simulated, recorded_at,
    lag(holds_until) OVER (PARTITION BY catering_id ORDER BY stated_at) IS DISTINCT FROM stated_at AS begins
  FROM air.purifier_span
  WHERE fan_on AND NOT purifier_on
),
numbered AS (
  SELECT *, count(*) FILTER (begins) OVER (PARTITION BY catering_id ORDER BY stated_at) AS number FROM lapse
)
SELECT
  catering_id,  -- !
  min(stated_at) AS since,  -- ! When it began, UTC.
  max(holds_until) AS until,  -- ! End of the span, as far as the state is known.
  round(epoch(max(holds_until) - min(stated_at)) / 3600, 2) AS hours,  -- ! Hours that it lasted.
  bool_or(simulated) AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  max(recorded_at) AS recorded_at
FROM numbered
GROUP BY catering_id, number
