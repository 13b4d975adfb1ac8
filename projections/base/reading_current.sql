-- one row per reading, by the last word on it; from base.reading
-- kind: view
-- key: site_id, factor, period, observed_at
SELECT site_id, factor, period, observed_at, recorded_at, value, unit, mark, source, set_aside, reviewed
FROM base.reading
QUALIFY row_number() OVER (
  PARTITION BY site_id, factor, period, observed_at ORDER BY standing DESC) = 1
