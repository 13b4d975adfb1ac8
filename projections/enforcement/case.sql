-- one row per enforcement case; from base.case_filed, base.case_investigated, base.case_notified, base.case_decided, base.case_fulfilled, base.case_closed, standards.enforcement_time_limits
-- key: case_id
-- status is FILED, INVESTIGATED, NOTIFIED, DECIDED, FULFILLED or CLOSED; due dates are calendar days after the local
-- day that they are counted from (行政处罚法 arts. 60, 67, 85).
WITH time_limit AS (
  SELECT
    CAST(max(days) FILTER (step = 'decision') AS INTEGER) AS decision_days,
    CAST(max(days) FILTER (step = 'payment') AS INTEGER) AS payment_days
  FROM standards.enforcement_time_limits
),
filed AS (
  FROM base.case_filed SEMI JOIN wanted USING (case_id)
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY sequence DESC) = 1
),
investigated AS (
  FROM base.case_investigated SEMI JOIN wanted USING (case_id)
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY sequence DESC) = 1
),
notified AS (
  FROM base.case_notified SEMI JOIN wanted USING (case_id)
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY sequence DESC) = 1
),
decided AS (
  FROM base.case_decided SEMI JOIN wanted USING (case_id)
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY sequence DESC) = 1
),
fulfilled AS (
  FROM base.case_fulfilled SEMI JOIN wanted USING (case_id)
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY sequence DESC) = 1
),
closed AS (
  FROM base.case_closed SEMI JOIN wanted USING (case_id)
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY sequence DESC) = 1
)
SELECT
  f.case_id,
  CASE
    WHEN c.case_id IS NOT NULL THEN 'CLOSED'
    WHEN p.case_id IS NOT NULL THEN 'FULFILLED'
    WHEN d.case_id IS NOT NULL THEN 'DECIDED'
    WHEN n.case_id IS NOT NULL THEN 'NOTIFIED'
    WHEN i.case_id IS NOT NULL THEN 'INVESTIGATED'
    ELSE 'FILED'
  END AS status,
  f.enterprise_id,
  f.inspection_id,
  f.cause,
  f.legal_basis,
  f.evidence_ids,
  i.conclusion,
  n.intended_fine_yuan,
  d.decision,
  d.decision_no,
  d.fine_yuan,
  p.paid_yuan,
  f.occurred_at AS filed_at,
  i.occurred_at AS investigated_at,
  n.occurred_at AS notified_at,
  d.occurred_at AS decided_at,
  p.occurred_at AS fulfilled_at,
  c.occurred_at AS closed_at,
  c.reason AS closing_reason,
  local_day(f.occurred_at) + t.decision_days AS decision_due_on,
  CASE WHEN d.fine_yuan > 0 THEN local_day(d.occurred_at) + t.payment_days END AS payment_due_on,
  f.source,
  greatest(f.recorded_at, i.recorded_at, n.recorded_at, d.recorded_at, p.recorded_at, c.recorded_at) AS recorded_at
FROM time_limit AS t, filed AS f
LEFT JOIN investigated AS i USING (case_id)
LEFT JOIN notified AS n USING (case_id)
LEFT JOIN decided AS d USING (case_id)
LEFT JOIN fulfilled AS p USING (case_id)
LEFT JOIN closed AS c USING (case_id)
