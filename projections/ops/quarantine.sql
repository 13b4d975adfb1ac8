-- one row per thing that was sent and could not be accepted; from base.submission_quarantined, ops.unreadable
-- key: submission_id
-- affects ops.unreadable: SELECT submission_id FROM changed
SELECT
  submission_id,
  min(channel) AS channel,
  min(origin) AS origin,
  min(code) AS code,
  min(message) AS message,
  min(location) AS location,
  min(remedy) AS remedy,
  max(parts) AS parts,
  count(*) AS parts_kept,
  sum(octet_length(content)) AS bytes,
  min(recorded_at) AS quarantined_at
FROM base.submission_quarantined
SEMI JOIN wanted USING (submission_id)
GROUP BY submission_id
UNION ALL
SELECT
  submission_id,
  'log',
  topic || '/' || partition || ' at offset ' || log_offset,
  'unreadable_event',
  reason,
  'offset ' || log_offset,
  'Find the program that wrote it; its bytes are in ops.unreadable',
  1,
  1,
  octet_length(content),
  NULL
FROM ops.unreadable
SEMI JOIN wanted USING (submission_id)
