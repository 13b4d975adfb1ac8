-- one row per mark that a reading has, by the device, a check or a reviewer; from base.reading_current, base.check_mark, base.review_mark, base.review, monitor.stuck, standards.mark
-- kind: view
-- key: site_id, factor, period, observed_at, marked_by, mark
-- ask marks(site_id, since..until of observed_at): ORDER BY observed_at, factor, marked_by, mark
--   Marks on a site's readings of periods that start in [since, until).
-- column site_id: !
-- column factor: ! Code of the factor, as in standards/factor.csv; null where it is about none.
-- column period: !
-- column observed_at: ! Start of the period, UTC.
-- column marked_by: ! DEVICE, CHECK or REVIEWER.
-- column mark: ! The device's mark, the check or the review.
-- column verdict: ! INVALID: enters no conclusion. SUSPECT, VALID, NOTED: it does, where nothing else bars it.
-- column value: The value, in the factor's unit; null where there is none.
-- column other_value: What a check compared it with.
-- column author: Who marked it; null for checks.
-- column marked_at: When, UTC; null for checks, which are recomputed.
-- marked_by is DEVICE, CHECK or REVIEWER. verdict is INVALID, SUSPECT, VALID or, of a device's mark that changes
-- nothing, NOTED. A reviewer's word goes before a check's; what a device itself marks unusable stays set aside.
SELECT r.site_id, r.factor, r.period, r.observed_at, 'DEVICE' AS marked_by, r.mark,
  CASE WHEN m.usable THEN 'NOTED' ELSE 'INVALID' END AS verdict, r.value, NULL AS other_value,
  coalesce(m.name_en, 'unknown mark') AS reason, r.source AS author, r.recorded_at AS marked_at
FROM base.reading_current AS r
LEFT JOIN standards.mark AS m ON m.mark = r.mark
WHERE r.mark NOT IN ('', 'N')
UNION ALL
SELECT site_id, factor, period, observed_at, 'CHECK', set_aside, 'INVALID', value, NULL, set_aside, NULL, NULL
FROM base.reading_current
WHERE set_aside IN ('sentinel', 'impossible')
UNION ALL
SELECT site_id, factor, period, observed_at, 'CHECK', check_id, verdict, value, other_value, kind, NULL, NULL
FROM base.check_mark
UNION ALL
SELECT s.site_id, s.factor, 'HOUR', r.observed_at, 'CHECK', s.check_id, s.verdict, s.value, NULL, 'stuck', NULL, NULL
FROM monitor.stuck AS s
JOIN base.reading_current AS r
  ON r.site_id = s.site_id AND r.factor = s.factor AND r.period = 'HOUR'
  AND r.observed_at >= s.since AND r.observed_at < s.until
UNION ALL
SELECT m.site_id, m.factor, m.period, m.observed_at, 'REVIEWER', m.review_id, r.verdict, NULL, NULL,
  r.reason, r.reviewer, r.reviewed_at
FROM base.review_mark AS m
JOIN base.review AS r USING (site_id, review_id)
