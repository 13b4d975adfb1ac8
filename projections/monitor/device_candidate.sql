-- one row per MN that was refused as unknown or for its password; from base.submission_quarantined, base.device_refusals_counted, base.device_registered
-- key: mn
-- affects base.submission_quarantined: SELECT regexp_extract(origin, '^MN=(\S+)', 1) AS mn FROM changed WHERE channel = 'hj212' AND code IN ('unknown_device', 'wrong_password')
-- affects base.device_refusals_counted: SELECT mn FROM changed
-- ask device_candidates(): ORDER BY last_at DESC, mn
--   MNs that were refused, the latest first.
-- registered says whether it has been entered since it was last refused. Of its frames the first are kept, the others counted.
WITH refused AS (
  SELECT regexp_extract(origin, '^MN=(\S+)', 1) AS mn, code, origin, recorded_at, 1 AS frames
  FROM base.submission_quarantined
  WHERE channel = 'hj212' AND code IN ('unknown_device', 'wrong_password') AND part = 1
  UNION ALL
  SELECT mn, code, 'MN=' || mn || ' ' || peer, recorded_at, greatest(frames, 0)
  FROM base.device_refusals_counted
),
registered AS (
  SELECT mn, max(recorded_at) AS registered_at FROM base.device_registered SEMI JOIN wanted USING (mn) GROUP BY mn
)
SELECT
  mn,  -- !
  TRY_CAST(sum(frames) AS BIGINT) AS frames,  -- ! Different frames of it in quarantine.
  bool_or(code = 'wrong_password') AS wrong_password,  -- ! Whether it was refused for its password.
  max(origin) AS origin,  -- !
  min(recorded_at) AS first_at,  -- ! The first time, UTC.
  max(recorded_at) AS last_at,  -- ! The last time, UTC.
  coalesce(max(registered_at) > max(recorded_at), false) AS registered  -- ! Whether it was registered since.
FROM refused
SEMI JOIN wanted USING (mn)
LEFT JOIN registered USING (mn)
GROUP BY mn
