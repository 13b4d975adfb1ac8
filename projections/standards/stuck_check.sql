-- one row per check of runs of one value, with the sites that another one of its factor is for; from standards.check
-- kind: constant
-- key: check_id
-- part: half as many hours as the shortest run of its factor that is looked for.
SELECT c.check_id, c.factor, c.site_id, c.low, CAST(c.hours AS BIGINT) AS hours, c.verdict,
  CASE WHEN c.site_id IS NULL THEN
    coalesce((SELECT list(s.site_id) FROM standards.check AS s WHERE s.kind = 'stuck' AND s.factor = c.factor), [])
  END AS except_sites,
  CAST(min(c.hours) OVER (PARTITION BY c.factor) // 2 AS INTEGER) AS part
FROM standards.check AS c
WHERE c.kind = 'stuck'
