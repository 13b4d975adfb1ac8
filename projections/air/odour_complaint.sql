-- one row per complaint about a smell, by the last statement on it; from base.odour_complaint_recorded
-- kind: view
-- key: complaint_id
SELECT complaint_id, place, smelled_at, local_day(smelled_at) AS day, smell, enterprise_id, source, recorded_at
FROM base.odour_complaint_recorded
QUALIFY row_number() OVER (PARTITION BY complaint_id ORDER BY sequence DESC) = 1
