-- one row per review of a site's readings; from base.readings_marked, base.review_withdrawn
-- key: site_id, review_id
WITH marked AS (
  FROM base.readings_marked SEMI JOIN wanted USING (site_id, review_id)
  QUALIFY row_number() OVER (PARTITION BY site_id, review_id ORDER BY sequence DESC) = 1
),
withdrawn AS (
  FROM base.review_withdrawn SEMI JOIN wanted USING (site_id, review_id)
  QUALIFY row_number() OVER (PARTITION BY site_id, review_id ORDER BY sequence DESC) = 1
)
SELECT
  m.site_id,
  m.review_id,
  m.sequence,
  m.factors,
  m.period,
  m.since,
  m.until,
  m.verdict,
  m.reason,
  m.source AS reviewer,
  m.occurred_at AS reviewed_at,
  w.source AS withdrawn_by,
  w.occurred_at AS withdrawn_at,
  w.reason AS withdrawal_reason,
  greatest(m.recorded_at, w.recorded_at) AS recorded_at
FROM marked AS m
LEFT JOIN withdrawn AS w ON w.site_id = m.site_id AND w.review_id = m.review_id AND w.sequence > m.sequence
