-- one row per enterprise with its permit in force last, its inspections and cases; from base.site, base.permit_granted, base.inspection_recorded, enforcement.case
-- key: enterprise_id
-- affects base.site: SELECT site_id AS enterprise_id FROM changed
-- affects enforcement.case: SELECT enterprise_id FROM enforcement.case SEMI JOIN changed USING (case_id)
-- ask enterprises(): ORDER BY enterprise_id
--   Enterprises in order of their codes.
WITH permit AS (
  FROM base.permit_granted SEMI JOIN wanted USING (enterprise_id)
  QUALIFY row_number() OVER (PARTITION BY enterprise_id ORDER BY valid_until DESC, permit_no DESC, sequence DESC) = 1
),
inspection AS (
  SELECT enterprise_id, count(*) AS inspections, max(occurred_at) AS last_inspected_at
  FROM base.inspection_recorded SEMI JOIN wanted USING (enterprise_id)
  GROUP BY ALL
),
filed AS (
  SELECT enterprise_id, count(*) AS cases, count(*) FILTER (status NOT IN ('CLOSED')) AS open_cases
  FROM enforcement.case SEMI JOIN wanted USING (enterprise_id)
  GROUP BY ALL
)
SELECT
  s.site_id AS enterprise_id,  -- !
  s.name_zh,  -- !
  s.name_en,  -- !
  p.permit_no,
  p.management,
  p.valid_from AS permit_valid_from,  -- First day of its latest permit.
  p.valid_until AS permit_valid_until,  -- Last day of its latest permit.
  CAST(coalesce(i.inspections, 0) AS INTEGER) AS inspections,  -- ! How many inspections it had.
  i.last_inspected_at,  -- When it was inspected last, UTC.
  CAST(coalesce(f.cases, 0) AS INTEGER) AS cases,  -- ! How many cases were filed against it.
  CAST(coalesce(f.open_cases, 0) AS INTEGER) AS open_cases,  -- ! How many of its cases are not closed.
  s.source  -- !
FROM base.site AS s
SEMI JOIN wanted ON wanted.enterprise_id = s.site_id
LEFT JOIN permit AS p ON p.enterprise_id = s.site_id
LEFT JOIN inspection AS i ON i.enterprise_id = s.site_id
LEFT JOIN filed AS f ON f.enterprise_id = s.site_id
WHERE s.kind = 'enterprise'
