-- one row per enterprise and version of its plan against volatile organic compounds; from base.voc_plan_adopted
-- kind: view
-- key: enterprise_id, version
-- ask voc_plans(enterprise_id?): ORDER BY enterprise_id, version
--   Versions of enterprises' plans against VOCs, of one where given.
-- current is the highest version; the ones before it stay to be looked at.
WITH plan AS (
  FROM base.voc_plan_adopted QUALIFY row_number() OVER (PARTITION BY enterprise_id, version ORDER BY sequence DESC) = 1
)
SELECT
  enterprise_id,  -- !
  version,  -- !
  adopted_on,  -- !
  target_reduction_t_per_year,  -- ! By how much emissions are to fall, tonnes a year.
  version = max(version) OVER (PARTITION BY enterprise_id) AS current,  -- ! Whether it is the last version.
  source,  -- !
  recorded_at
FROM plan
