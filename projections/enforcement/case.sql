-- one row per enforcement case; from base.case_filed, base.case_investigated, base.case_notified, base.case_decided, base.case_fulfilled, base.case_closed, standards.time_limit
-- key: case_id
-- Due days are counted from the local day of the step before, by the law in force on it; null where none is known here.
-- decided_late and paid_late say whether the step came after that day; null while it has not come.
WITH filed AS (
  FROM last(base.case_filed)
),
investigated AS (
  FROM last(base.case_investigated)
),
notified AS (
  FROM last(base.case_notified)
),
decided AS (
  FROM last(base.case_decided)
),
fulfilled AS (
  FROM last(base.case_fulfilled)
),
closed AS (
  FROM last(base.case_closed)
)
SELECT
  f.case_id,  -- !
  s.status,  -- ! FILED, INVESTIGATED, NOTIFIED, DECIDED, FULFILLED or CLOSED.
  f.enterprise_id,  -- !
  f.inspection_id,
  f.cause,  -- !
  f.legal_basis,  -- !
  f.evidence_ids,  -- ! Event ids of the observations that it cites.
  i.conclusion,
  n.intended_fine_yuan,
  d.decision,
  d.decision_no,
  d.fine_yuan,
  p.paid_yuan,
  f.occurred_at AS filed_at,  -- ! When it was filed, UTC.
  i.occurred_at AS investigated_at,  -- When the investigation was concluded, UTC; null until then.
  n.occurred_at AS notified_at,  -- When the party was notified of the intended penalty, UTC; null until then.
  d.occurred_at AS decided_at,  -- When it was decided, UTC; null until then.
  p.occurred_at AS fulfilled_at,  -- When the decision was fulfilled, UTC; null until then.
  c.occurred_at AS closed_at,  -- When it was closed, UTC; null until then.
  c.reason AS closing_reason,  -- Why it was closed; null until then.
  dd.decision_due_on,  -- By the law in force on the day of filing; null where none is known here.
  local_day(dd.done_at) > dd.decision_due_on AS decided_late,  -- Null while it is neither decided nor closed.
  pd.payment_due_on,  -- Null where nothing is to be paid.
  local_day(pd.done_at) > pd.payment_due_on AS paid_late,  -- Null while nothing was paid.
  f.source,  -- !
  s.recorded_at
FROM filed AS f
JOIN life(case) AS s USING (case_id)
LEFT JOIN due(case, decision) AS dd USING (case_id)
LEFT JOIN due(case, payment) AS pd USING (case_id)
LEFT JOIN investigated AS i USING (case_id)
LEFT JOIN notified AS n USING (case_id)
LEFT JOIN decided AS d USING (case_id)
LEFT JOIN fulfilled AS p USING (case_id)
LEFT JOIN closed AS c USING (case_id)
