-- one row per outfall, with its register entry and the state of its four tasks; from base.outfall_registered, base.outfall_task_reported
-- key: site_id
-- A task that was never reported has no state. The responsible body is the one that tracing found last, else the one
-- in the register.
WITH entry AS (
  FROM base.outfall_registered SEMI JOIN wanted USING (site_id)
  QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY sequence DESC) = 1
),
task AS (
  FROM base.outfall_task_reported SEMI JOIN wanted USING (site_id)
  QUALIFY row_number() OVER (PARTITION BY site_id, task ORDER BY sequence DESC) = 1
),
tasks AS (
  SELECT site_id,
    max(state) FILTER (task = 'SCREENING') AS screening,
    max(state) FILTER (task = 'MONITORING') AS monitoring,
    max(state) FILTER (task = 'TRACING') AS tracing,
    max(state) FILTER (task = 'REMEDY') AS remedy,
    CAST(count(*) FILTER (state = 'DONE') AS TINYINT) AS tasks_done,
    list({task: task, state: state, due_on: due_on, reported_at: occurred_at} ORDER BY task) AS tasks,
    min(due_on) FILTER (state <> 'DONE') AS next_due_on,
    max(responsible_body) FILTER (task = 'TRACING') AS responsible_body,
    max(traced_to) FILTER (task = 'TRACING') AS traced_to,
    max(measure) FILTER (task = 'REMEDY') AS measure,
    max(recorded_at) AS recorded_at
  FROM task
  GROUP BY site_id
)
SELECT
  e.site_id,
  e.name_zh,
  e.name_en,
  e.code,
  e.category,
  e.water_body_id,
  coalesce(t.responsible_body, e.responsible_body) AS responsible_body,
  e.sign_erected_on,
  e.automatic_monitor,
  e.discharge_standard,
  e.discharge_scope,
  e.discharge_level,
  e.built_on,
  t.screening,
  t.monitoring,
  t.tracing,
  t.remedy,
  coalesce(t.tasks_done, 0) AS tasks_done,
  coalesce(t.tasks, []) AS tasks,
  t.next_due_on,
  coalesce(t.traced_to, []) AS traced_to,
  t.measure,
  e.source,
  greatest(e.recorded_at, t.recorded_at) AS recorded_at
FROM entry AS e
LEFT JOIN tasks AS t USING (site_id)
