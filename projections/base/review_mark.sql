-- one row per reading that a reviewer has judged, by the last review that was not withdrawn; from base.review, base.reading, base.observation
-- key: site_id, period, observed_at
-- affects base.observation: SELECT c.site_id, c.period, c.observed_at FROM changed AS c JOIN base.readings_marked AS r ON r.site_id = c.site_id AND r.period = c.period AND c.observed_at >= r.since AND c.observed_at < r.until
-- affects base.review: SELECT o.site_id, o.period, o.observed_at FROM changed JOIN base.readings_marked AS r USING (site_id, review_id) JOIN base.observation AS o ON o.site_id = r.site_id AND o.period = r.period AND o.observed_at >= r.since AND o.observed_at < r.until
-- A review concerns the reading, whoever states it and when, so it makes no difference which of the two came first.
WITH reading AS (
  SELECT DISTINCT site_id, factor, period, observed_at
  FROM base.reading
  SEMI JOIN wanted USING (site_id, period, observed_at)
)
SELECT d.site_id, d.factor, d.period, d.observed_at, r.verdict = 'VALID' AS valid, r.review_id
FROM reading AS d
JOIN base.review AS r
  ON r.site_id = d.site_id AND r.period = d.period AND d.observed_at >= r.since AND d.observed_at < r.until
  AND (len(r.factors) = 0 OR list_contains(r.factors, d.factor))
WHERE r.withdrawn_at IS NULL
QUALIFY row_number() OVER (
  PARTITION BY d.site_id, d.factor, d.period, d.observed_at ORDER BY r.sequence DESC, r.review_id) = 1
