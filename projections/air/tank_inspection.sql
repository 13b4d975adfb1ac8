-- one row per inspection of a tank, and what became of its problem; from base.tank_inspected, base.tank_problem_closed, base.tank_registered
-- kind: view
-- key: inspection_id
-- ask tank_inspections(enterprise_id?, tank_id?): ORDER BY inspected_on DESC, inspection_id
--   Inspections of tanks, the latest first; with `overdueOn` open problems due before that day.
--   overdue_on? DATE: state = 'OPEN' AND due_on < $overdue_on; Only open problems that were due before that day.
-- Whoever asks what is overdue compares due_on of what is open with a day.
WITH inspected AS (
  FROM last(base.tank_inspected)
),
closed AS (
  FROM last(base.tank_problem_closed)
),
tank AS (
  FROM last(base.tank_registered)
)
SELECT
  i.inspection_id,  -- !
  i.tank_id,  -- !
  t.enterprise_id,
  s.status AS state,  -- ! CLEAN, OPEN or CLOSED.
  i.inspected_on,  -- !
  i.found,  -- !
  i.leak_umol_mol,
  i.due_on,
  c.closed_on,
  c.done,
  i.source,  -- !
  s.recorded_at
FROM inspected AS i
JOIN life(tank_inspection) AS s USING (inspection_id)
LEFT JOIN closed AS c ON c.inspection_id = i.inspection_id AND c.sequence > i.sequence
LEFT JOIN tank AS t ON t.tank_id = i.tank_id
