-- one row per outfall, with its register entry and the state of its four tasks; from base.outfall_registered, base.site, base.outfall_task_reported
-- key: site_id
-- ask outfalls(site_id?, water_body_id?): ORDER BY site_id
--   Outfalls in order of their codes; with `overdueOn` those with a task due before that day.
--   overdue_on? DATE: next_due_on < $overdue_on; Only those with a task that was due before that day.
-- column tasks.task: ! SCREENING 排查, MONITORING 监测, TRACING 溯源 or REMEDY 整治.
-- column tasks.state: ! PLANNED, UNDER_WAY or DONE.
-- column tasks.due_on:
-- column tasks.reported_at: ! When it was reported, UTC.
-- A task that was never reported has no state. The responsible body is the one that tracing found last, else the one
-- in the register.
WITH entry AS (
  FROM place(outfall)
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
  e.site_id,  -- !
  e.name_zh,  -- !
  e.name_en,  -- !
  e.code,  -- National code, where it has been given one.
  e.category,
  e.water_body_id,  -- !
  coalesce(t.responsible_body, e.responsible_body) AS responsible_body,  -- As tracing found last, else as registered.
  e.sign_erected_on,
  e.automatic_monitor,  -- !
  e.discharge_standard,
  e.discharge_scope,
  e.discharge_level,
  e.built_on,
  t.screening,  -- How far screening (排查) has come: PLANNED, UNDER_WAY or DONE; null where it was never reported.
  t.monitoring,  -- How far monitoring (监测) has come: PLANNED, UNDER_WAY or DONE; null where it was never reported.
  t.tracing,  -- How far tracing (溯源) has come: PLANNED, UNDER_WAY or DONE; null where it was never reported.
  t.remedy,  -- How far remedy (整治) has come: PLANNED, UNDER_WAY or DONE; null where it was never reported.
  coalesce(t.tasks_done, 0) AS tasks_done,  -- ! How many of the four tasks are done.
  coalesce(t.tasks, []) AS tasks,  -- ! The tasks that were reported.
  t.next_due_on,  -- The first day that something of it is due; null where nothing is.
  coalesce(t.traced_to, []) AS traced_to,  -- ! Codes of the sites that its water comes from.
  t.measure,  -- BAN 取缔, MERGE 合并 or STANDARDISE 规范.
  e.source,  -- !
  greatest(e.recorded_at, t.recorded_at) AS recorded_at
FROM entry AS e
LEFT JOIN tasks AS t USING (site_id)
