-- one row per capture of a smoky vehicle, with what people decided on it last; from base.smoky_vehicle_captured, base.smoky_vehicle_reviewed
-- key: site_id, record_no
-- ask smoky_vehicles(state?, site_id?): ORDER BY passed_at DESC, site_id, record_no
--   Captures of smoky vehicles, the last first, of one state or camera where given.
-- state is PENDING, CONFIRMED or REJECTED; a capture counts only when it is CONFIRMED.
WITH captured AS (
  FROM last(base.smoky_vehicle_captured)
),
reviewed AS (
  FROM last(base.smoky_vehicle_reviewed)
)
SELECT
  c.site_id,  -- !
  c.record_no,  -- !
  c.passed_at,  -- !
  c.plate,
  c.plate_colour,  -- !
  CASE WHEN isfinite(c.ringelmann) THEN c.ringelmann END AS ringelmann,
  c.evidence_urls,  -- !
  c.evidence_sha256,  -- ! Parallel to evidenceUrls.
  coalesce(r.decision, 'PENDING') AS state,  -- ! PENDING, CONFIRMED or REJECTED; it counts when CONFIRMED.
  r.reason,
  r.reviewed_by,
  r.occurred_at AS reviewed_at,  -- When it was reviewed, UTC; null until then.
  c.source = 'simulator' AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  greatest(c.recorded_at, r.recorded_at) AS recorded_at
FROM captured AS c
LEFT JOIN reviewed AS r USING (site_id, record_no)
