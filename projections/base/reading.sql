-- one row per statement of one reading; from air.observation_recorded, water.observation_recorded, standards.factor, standards.mark, standards.sentinel
-- kind: append
-- key: site_id, factor, period, observed_at, log_offset
-- ask readings(site_id, since..until of observed_at): ORDER BY observed_at, factor, standing
--   Every statement on a site's readings of periods that start in [since, until).
-- standing orders the statements on a reading: the highest is the last word, and a reviewed value outranks others.
-- early_s is by how many seconds it was stated before what it states had happened; null where it was not.
-- set_aside says why a reading never enters a conclusion; null where it does.
WITH stated AS (
  SELECT
    site_id, period, observed_at, recorded_at, source, reviewed, log_offset,
    CASE WHEN occurred_at > recorded_at THEN datesub('second', recorded_at, occurred_at) END AS early_s,
    unnest(factors) AS factor, unnest("values") AS value, unnest(marks) AS mark
  FROM incoming
)
SELECT
  s.site_id,  -- !
  s.factor,  -- ! Code of the factor, as in standards/factor.csv; null where it is about none.
  s.period,  -- !
  s.observed_at,  -- !
  local_day(s.observed_at) AS day,  -- The local day.
  s.recorded_at,  -- !
  s.value,  -- The value, in the factor's unit; null where there is none.
  f.unit,  -- Unit of the value.
  s.mark,  -- ! Mark of the data, as in standards/mark.csv; empty is normal.
  s.source,  -- !
  CASE
    WHEN s.value IS NULL THEN 'missing'
    WHEN m.usable IS NULL THEN 'unknown mark'
    WHEN NOT m.usable THEN 'marked ' || s.mark
    WHEN f.factor IS NULL THEN 'unknown factor'
    WHEN s.value IN (SELECT value FROM standards.sentinel) THEN 'sentinel'
    WHEN s.value < f.lowest OR NOT isfinite(s.value) OR abs(s.value) >= beyond_measure() THEN 'impossible'
  END AS set_aside,  -- Why it enters no conclusion; null where it does.
  s.reviewed,  -- !
  s.early_s,  -- By how many seconds it lies ahead of the time that it was recorded at.
  s.log_offset,  -- ! Offset of the statement in its partition of the log.
  standing(s.reviewed, s.log_offset) AS standing  -- Its place among the statements on the reading: the highest is the last word.
FROM stated AS s
LEFT JOIN standards.factor AS f USING (factor)
LEFT JOIN standards.mark AS m ON coalesce(m.mark, '') = s.mark
