-- one row per case, observation that it cites and reading of that, with whether it stands; from base.case_filed, base.observation, base.reading, base.review_mark, base.review, base.check_mark
-- kind: view
-- key: case_id, event_id, factor
-- stands is null where the reading never entered a conclusion. It stands as long as the last word says the same and no
-- reviewer, nor a check that no reviewer overrules, bars it; else why says what happened to it.
WITH cited AS (
  SELECT DISTINCT case_id, unnest(evidence_ids) AS event_id
  FROM (FROM last(base.case_filed))
),
observed AS (
  SELECT c.case_id, c.event_id, o.site_id, o.period, o.observed_at, o.recorded_at, o.source, o.log_offset
  FROM cited AS c
  LEFT JOIN base.observation AS o ON o.event_id = TRY_CAST(c.event_id AS UUID)
),
last_word AS (
  SELECT site_id, factor, period, observed_at, value, mark, set_aside, recorded_at
  FROM base.reading SEMI JOIN observed USING (site_id, period, observed_at)
  QUALIFY row_number() OVER (PARTITION BY site_id, factor, period, observed_at ORDER BY standing DESC) = 1
),
checked AS (
  SELECT site_id, factor, period, observed_at, min(check_id) AS check_id
  FROM base.check_mark SEMI JOIN observed USING (site_id, period, observed_at)
  WHERE verdict = 'INVALID' GROUP BY ALL
),
judged AS (
  SELECT o.*, r.factor, r.value, r.unit, r.mark, r.set_aside,
    CASE
      WHEN o.site_id IS NULL THEN 'no observation has this event_id'
      WHEN r.set_aside IS NOT NULL THEN 'it never counted: ' || r.set_aside
      WHEN NOT m.valid THEN concat('invalidated by review ', m.review_id, ' of ', v.reviewer, ': ', v.reason)
      WHEN l.set_aside IS NOT NULL
        THEN concat('restated at ', strftime(l.recorded_at, '%Y-%m-%dT%H:%M:%SZ'), ', and set aside: ', l.set_aside)
      WHEN (l.value, l.mark) IS DISTINCT FROM (r.value, r.mark)
        THEN concat('restated at ', strftime(l.recorded_at, '%Y-%m-%dT%H:%M:%SZ'), ' as ', l.value, ' ', r.unit)
      WHEN m.valid IS NULL AND k.check_id IS NOT NULL THEN 'barred by check ' || k.check_id
    END AS why
  FROM observed AS o
  LEFT JOIN base.reading AS r
    ON r.site_id = o.site_id AND r.period = o.period AND r.observed_at = o.observed_at AND r.log_offset = o.log_offset
  LEFT JOIN last_word AS l
    ON l.site_id = r.site_id AND l.factor = r.factor AND l.period = r.period AND l.observed_at = r.observed_at
  LEFT JOIN base.review_mark AS m
    ON m.site_id = r.site_id AND m.factor = r.factor AND m.period = r.period AND m.observed_at = r.observed_at
  LEFT JOIN base.review AS v ON v.site_id = m.site_id AND v.review_id = m.review_id
  LEFT JOIN checked AS k
    ON k.site_id = r.site_id AND k.factor = r.factor AND k.period = r.period AND k.observed_at = r.observed_at
)
SELECT
  case_id,
  event_id,
  site_id,
  period,
  observed_at,
  recorded_at,
  source,
  factor,
  value,
  unit,
  mark,
  CASE WHEN set_aside IS NULL THEN why IS NULL END AS stands,
  why
FROM judged
