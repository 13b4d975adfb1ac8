-- one row per reading that a reviewer, or else a check, keeps out of all conclusions; from base.review_mark, base.check_mark
-- kind: view
-- key: site_id, factor, period, observed_at
SELECT site_id, factor, period, observed_at FROM base.review_mark WHERE NOT valid
UNION ALL
SELECT DISTINCT site_id, factor, period, observed_at
FROM base.check_mark
ANTI JOIN base.review_mark USING (site_id, factor, period, observed_at)
WHERE verdict = 'INVALID'
