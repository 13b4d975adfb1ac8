-- one row per complaint about a smell, by the last statement on it; from base.odour_complaint_recorded
-- kind: view
-- key: complaint_id
-- ask odour_complaints(since..until of day, enterprise_id?): ORDER BY smelled_at DESC, complaint_id
--   Complaints about smells on days in [since, until], the latest first.
SELECT
  complaint_id,  -- !
  place,  -- !
  smelled_at,  -- !
  local_day(smelled_at) AS day,  -- ! The local day.
  smell,  -- !
  enterprise_id,  -- The enterprise that is suspected.
  source,  -- !
  recorded_at
FROM base.odour_complaint_recorded
QUALIFY row_number() OVER (PARTITION BY complaint_id ORDER BY sequence DESC) = 1
