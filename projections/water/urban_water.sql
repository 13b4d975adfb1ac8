-- one row per urban water watched for being black and odorous, with its state; from base.urban_water_registered, base.site, base.urban_water_state_reported
-- key: site_id
-- ask urban_waters(state?): ORDER BY site_id
--   Urban waters in order of their codes, of one state where given.
-- state is null until one is reported. times_listed counts how often it was listed as black and odorous.
WITH entry AS (
  FROM place(urban_water)
),
said AS (
  FROM base.urban_water_state_reported SEMI JOIN wanted USING (site_id)
),
latest AS (
  FROM said QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY sequence DESC) = 1
),
listed AS (
  SELECT site_id, count(*) FILTER (state = 'BLACK_ODOROUS') AS times FROM said GROUP BY site_id
)
SELECT
  e.site_id,  -- !
  e.name_zh,  -- !
  e.name_en,  -- !
  e.length_m,
  e.area_m2,
  e.subdistrict_id,
  e.responsible_body,
  l.state,  -- NOT_BLACK, BLACK_ODOROUS, UNDER_REMEDY, REMEDIED or CLEAR_FOR_GOOD; null until reported.
  l.grade,  -- LIGHT or HEAVY.
  l.reason,
  l.due_on,
  l.occurred_at AS state_since,  -- Since when it is so, UTC.
  CAST(coalesce(t.times, 0) AS INTEGER) AS times_listed,  -- ! How often it was listed as black and odorous.
  e.source,  -- !
  greatest(e.recorded_at, l.recorded_at) AS recorded_at
FROM entry AS e
LEFT JOIN latest AS l USING (site_id)
LEFT JOIN listed AS t USING (site_id)
