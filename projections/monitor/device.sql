-- one row per device of the register, by its last word; from base.device_registered
-- key: mn
-- ask devices(mn?): ORDER BY mn
--   Devices of the register, in order of their MN.
SELECT
  mn,  -- ! Its code.
  site_id,  -- ! The site that it observes for.
  site_kind,  -- !
  password_hash,
  edition,  -- ! The edition of HJ 212 that it speaks; BY_FRAME as its frames say.
  crc,  -- ! STANDARD, or MODBUS_SWAPPED where it sends that variant.
  unit_profile,  -- ! STANDARD or AMBIENT: the units that it sends in.
  utc_offset_min,  -- !
  codes,  -- ! Pollutant codes that it sends otherwise than its profile.
  factors,  -- !
  scales,  -- !
  recorded_at,  -- !
  source  -- !
FROM base.device_registered
SEMI JOIN wanted USING (mn)
QUALIFY row_number() OVER (PARTITION BY mn ORDER BY sequence DESC, event_id) = 1
