-- one row per key of a device or department; from base.key_issued, base.key_revoked
-- key: key_id
WITH issued AS (
  FROM last(base.key_issued)
),
revoked AS (
  FROM base.key_revoked SEMI JOIN wanted USING (key_id)
  QUALIFY row_number() OVER (PARTITION BY key_id ORDER BY sequence) = 1
)
SELECT i.key_id, i.holder, i.kind, i.sites, i.source AS issued_by, i.occurred_at AS issued_at,
  r.source AS revoked_by, r.occurred_at AS revoked_at, r.reason
FROM issued AS i
LEFT JOIN revoked AS r USING (key_id)
