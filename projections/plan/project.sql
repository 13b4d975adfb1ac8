-- one row per key project of the plan, by the last word on it; from base.project_planned
-- key: project_id
-- ask projects(): ORDER BY number
--   The plan's key projects, in its order.
SELECT
  project_id,  -- !
  number,  -- !
  category_zh,  -- !
  name_zh,  -- !
  name_en,  -- !
  content_zh,  -- !
  unit_zh,  -- ! Who is responsible.
  from_year,  -- !
  until_year,  -- !
  budget_yuan,  -- !
  source,  -- !
  recorded_at
FROM base.project_planned
SEMI JOIN wanted USING (project_id)
QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY sequence DESC) = 1
