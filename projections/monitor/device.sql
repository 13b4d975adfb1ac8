-- one row per device of the register, by its last word; from base.device_registered
-- key: mn
SELECT
  mn,
  site_id,
  site_kind,
  password_hash,
  edition,
  crc,
  unit_profile,
  utc_offset_min,
  codes,
  factors,
  scales,
  recorded_at,
  source
FROM base.device_registered
SEMI JOIN wanted USING (mn)
QUALIFY row_number() OVER (PARTITION BY mn ORDER BY sequence DESC, event_id) = 1
