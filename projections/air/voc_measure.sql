-- one row per measure against volatile organic compounds; from base.voc_measure_planned, base.voc_measure_completed, base.voc_measure_postponed, base.voc_measure_cancelled
-- kind: view
-- key: measure_id
-- Whoever asks what is overdue compares due_on of what is planned with a day. days_late: days between the day it was due at last and the day it was completed, null where it was in time.
WITH planned AS (
  FROM base.voc_measure_planned QUALIFY row_number() OVER (PARTITION BY measure_id ORDER BY sequence DESC) = 1
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
  p.measure_id,
  p.enterprise_id,
  p.category,
  p.description,
  s.status,
  p.due_on AS first_due_on,
  coalesce(l.due_on, p.due_on) AS due_on,
  coalesce(l.postponements, 0) AS postponements,
  l.reason AS postponed_because,
  p.expected_reduction_t_per_year,
  e.done,
  e.completed_on,
  CASE WHEN e.completed_on > coalesce(l.due_on, p.due_on)
    THEN CAST(e.completed_on - coalesce(l.due_on, p.due_on) AS INTEGER) END AS days_late,
  e.reason AS cancelled_because,
  p.source,
  s.recorded_at
FROM planned AS p
JOIN life(voc_measure) AS s USING (measure_id)
LEFT JOIN postponed AS l USING (measure_id)
LEFT JOIN ended AS e USING (measure_id)
