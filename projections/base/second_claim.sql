-- one row per registration of a site whose id another kind had claimed before, which does not count; from places, base.site
-- kind: view
-- key: event_id
-- ask second_claims(): ORDER BY recorded_at DESC, event_id
--   Registrations of a code as another kind of place than it is, the newest first.
SELECT
  CAST(r.event_id AS VARCHAR) AS event_id,  -- ! public The event that does not count.
  r.site_id,  -- ! The code.
  r.kind,  -- ! public What it was to be registered as.
  s.kind AS first_kind,  -- ! public What it is: the kind that claimed the code first.
  s.claimed_at,  -- ! public When that was.
  r.recorded_at,  -- ! When the second registration was recorded.
  r.source  -- ! Who stated the second registration.
FROM places() AS r
JOIN base.site AS s ON s.site_id = r.site_id AND s.kind <> r.kind
