-- one row per capture of a smoky vehicle, with what people decided on it last; from base.smoky_vehicle_captured, base.smoky_vehicle_reviewed
-- key: site_id, record_no
-- state is PENDING, CONFIRMED or REJECTED; a capture counts only when it is CONFIRMED.
WITH captured AS (
  FROM base.smoky_vehicle_captured SEMI JOIN wanted USING (site_id, record_no)
  QUALIFY row_number() OVER (PARTITION BY site_id, record_no ORDER BY sequence DESC) = 1
),
reviewed AS (
  FROM base.smoky_vehicle_reviewed SEMI JOIN wanted USING (site_id, record_no)
  QUALIFY row_number() OVER (PARTITION BY site_id, record_no ORDER BY sequence DESC) = 1
)
SELECT
  c.site_id,
  c.record_no,
  c.passed_at,
  c.plate,
  c.plate_colour,
  CASE WHEN isfinite(c.ringelmann) THEN c.ringelmann END AS ringelmann,
  c.evidence_urls,
  c.evidence_sha256,
  coalesce(r.decision, 'PENDING') AS state,
  r.reason,
  r.reviewed_by,
  r.occurred_at AS reviewed_at,
  c.source = 'simulator' AS simulated,
  greatest(c.recorded_at, r.recorded_at) AS recorded_at
FROM captured AS c
LEFT JOIN reviewed AS r USING (site_id, record_no)
