-- one row per measure against volatile organic compounds; from base.voc_measure_planned, base.voc_measure_completed, base.voc_measure_postponed, base.voc_measure_cancelled
-- kind: view
-- key: measure_id
-- ask voc_measures(enterprise_id?, status?): ORDER BY due_on, measure_id
--   Measures against VOCs by the day they are due; with `overdueOn` those due before that day.
--   overdue_on? DATE: status = 'PLANNED' AND due_on < $overdue_on; Only those planned that were due before that day.
-- Whoever asks what is overdue compares due_on of what is planned with a day. days_late: days between the day it was due at last and the day it was completed, null where it was in time.
WITH planned AS (
  FROM last(base.voc_measure_planned)
),
postponed AS (
  SELECT measure_id, CAST(count(*) AS INTEGER) AS postponements, arg_max(due_on, sequence) AS due_on,
    arg_max(reason, sequence) AS reason
  FROM base.voc_measure_postponed
  GROUP BY measure_id
),
ending AS (
  SELECT measure_id, completed_on, done, NULL AS reason, sequence
  FROM base.voc_measure_completed
  UNION ALL
  SELECT measure_id, NULL, NULL, reason, sequence
  FROM base.voc_measure_cancelled
),
ended AS (
  FROM ending QUALIFY row_number() OVER (PARTITION BY measure_id ORDER BY sequence DESC) = 1
)
SELECT
  p.measure_id,  -- !
  p.enterprise_id,  -- !
  p.category,  -- ! SOURCE_SUBSTITUTION, UNORGANISED_CONTROL, TREATMENT_UPGRADE, LDAR, OPERATION_MANAGEMENT or OTHER.
  p.description,  -- !
  s.status,  -- ! PLANNED, COMPLETED or CANCELLED.
  p.due_on AS first_due_on,  -- ! When it was due as planned at first.
  coalesce(l.due_on, p.due_on) AS due_on,  -- ! When it is due now, or was at last.
  coalesce(l.postponements, 0) AS postponements,  -- ! How often it was postponed.
  l.reason AS postponed_because,  -- Why it was postponed last.
  p.expected_reduction_t_per_year,
  e.done,
  e.completed_on,
  CASE WHEN e.completed_on > coalesce(l.due_on, p.due_on)
    THEN CAST(e.completed_on - coalesce(l.due_on, p.due_on) AS INTEGER) END AS days_late,  -- Days from when it was due; null where it was in time.
  e.reason AS cancelled_because,  -- Why it was cancelled; null where it was not.
  p.source,  -- !
  s.recorded_at
FROM planned AS p
JOIN life(voc_measure) AS s USING (measure_id)
LEFT JOIN postponed AS l USING (measure_id)
LEFT JOIN ended AS e USING (measure_id)
