-- one row per report of a release, by the last word on it; from base.release_reported
-- key: report_no
-- ask releases(year?, facility_no?): ORDER BY report_no
--   Reports of releases in order of their numbers, of one year or facility.
SELECT
  report_no,  -- !
  facility_no,  -- !
  facility_name,  -- !
  year,  -- !
  chemical,  -- !
  cas_no,
  media,  -- !
  quantities_kg,  -- ! Kilograms, parallel to media.
  lon,
  lat,
  source,  -- !
  recorded_at
FROM base.release_reported
SEMI JOIN wanted USING (report_no)
QUALIFY row_number() OVER (PARTITION BY report_no ORDER BY sequence DESC) = 1
