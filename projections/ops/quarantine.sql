-- one row per thing that was sent and could not be accepted; from base.submission_quarantined, base.submission_corrected, base.submission_resent, base.submission_dismissed, ops.unreadable
-- key: submission_id
-- affects ops.unreadable: SELECT submission_id FROM changed
-- ask quarantine(state?): ORDER BY quarantined_at DESC, submission_id
--   What is in quarantine, the latest first, of one state where given.
-- state is OPEN, CORRECTED, RESENT or DISMISSED; the last two are final.
WITH kept AS (
  SELECT submission_id, min(channel) AS channel, min(origin) AS origin, min(code) AS code, min(message) AS message,
    min(location) AS location, min(remedy) AS remedy, max(parts) AS parts, count(*) AS parts_kept,
    sum(content_bytes) AS bytes, min(recorded_at) AS quarantined_at
  FROM base.submission_quarantined
  SEMI JOIN wanted USING (submission_id)
  GROUP BY submission_id
  UNION ALL
  SELECT submission_id, 'log', topic || '/' || partition || ' at offset ' || log_offset, 'unreadable_event', reason,
    'offset ' || log_offset, 'Find the program that wrote it; its bytes stand there', 1, 1,
    content_bytes, NULL
  FROM ops.unreadable
  SEMI JOIN wanted USING (submission_id)
),
step AS (
  SELECT submission_id, sequence, 'CORRECTED' AS state, note AS said, source, occurred_at, 0 AS finality
  FROM base.submission_corrected SEMI JOIN wanted USING (submission_id)
  UNION ALL
  SELECT submission_id, sequence, 'RESENT', accepted || ' accepted, ' || repeated || ' there already', source,
    occurred_at, 1
  FROM base.submission_resent SEMI JOIN wanted USING (submission_id)
  UNION ALL
  SELECT submission_id, sequence, 'DISMISSED', reason, source, occurred_at, 1
  FROM base.submission_dismissed SEMI JOIN wanted USING (submission_id)
),
last_step AS (
  FROM step
  QUALIFY row_number() OVER (PARTITION BY submission_id ORDER BY finality DESC, sequence DESC, state) = 1
)
SELECT
  k.submission_id,  -- !
  coalesce(s.state, 'OPEN') AS state,  -- ! OPEN, CORRECTED, RESENT or DISMISSED; the last two are final.
  k.channel,  -- !
  k.origin,  -- !
  k.code,  -- !
  k.message,  -- !
  k.location,  -- !
  k.remedy,  -- !
  k.parts,
  k.parts_kept,  -- How many parts of it are kept.
  k.bytes,  -- ! How many bytes were sent.
  k.quarantined_at,  -- When it was put there, UTC.
  s.said AS resolution,  -- What was said at the last step.
  s.source AS resolved_by,  -- Who took the last step.
  s.occurred_at AS resolved_at  -- When the last step was taken, UTC.
FROM kept AS k
LEFT JOIN last_step AS s USING (submission_id)
