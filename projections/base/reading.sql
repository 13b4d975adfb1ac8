-- one row per statement of one reading; from air.observation_recorded, water.observation_recorded, standards.factor, standards.mark, standards.sentinel
-- kind: append
-- key: site_id, factor, period, observed_at, log_offset
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
  s.site_id,
  s.factor,
  s.period,
  s.observed_at,
  local_day(s.observed_at) AS day,
  s.recorded_at,
  s.value,
  f.unit,
  s.mark,
  s.source,
  CASE
    WHEN s.value IS NULL THEN 'missing'
    WHEN m.usable IS NULL THEN 'unknown mark'
    WHEN NOT m.usable THEN 'marked ' || s.mark
    WHEN f.factor IS NULL THEN 'unknown factor'
    WHEN s.value IN (SELECT value FROM standards.sentinel) THEN 'sentinel'
    WHEN s.value < f.lowest OR NOT isfinite(s.value) OR abs(s.value) >= beyond_measure() THEN 'impossible'
  END AS set_aside,
  s.reviewed,
  s.early_s,
  s.log_offset,
  standing(s.reviewed, s.log_offset) AS standing
FROM stated AS s
LEFT JOIN standards.factor AS f USING (factor)
LEFT JOIN standards.mark AS m ON coalesce(m.mark, '') = s.mark
