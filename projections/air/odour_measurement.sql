-- one row per measurement of the odour at an enterprise's boundary, beside its limit; from base.odour_measured, base.odour_enterprise_listed, standards.odour_limits
-- kind: view
-- key: measurement_id
-- ask odour_measurements(enterprise_id?, exceeds?): ORDER BY measured_at DESC, measurement_id
--   Measurements of odours, the latest first; all, or those above their limits.
-- The limit is that of the class at the boundary, as the list has it; without a class there is none, and exceeds is
-- null. What is below detection does not exceed.
WITH measured AS (
  FROM base.odour_measured QUALIFY row_number() OVER (PARTITION BY measurement_id ORDER BY sequence DESC) = 1
),
listed AS (
  FROM base.odour_enterprise_listed QUALIFY row_number() OVER (PARTITION BY enterprise_id ORDER BY sequence DESC) = 1
)
SELECT
  m.measurement_id,  -- !
  m.enterprise_id,  -- !
  m.measured_at,  -- !
  m.point,  -- !
  m.odour_concentration,  -- ! Without dimension (臭气浓度).
  m.below_detection,  -- !
  m.method,  -- !
  l.boundary_class,
  o."limit" AS odour_limit,  -- Null where no class is known at the boundary.
  o.standard || ' ' || o.clause AS clause,  -- Where the rule or limit stands.
  o.status AS limit_status,  -- How well the limit is known.
  m.odour_concentration > o."limit" AND NOT m.below_detection AS exceeds,  -- Whether it is above its limit; null where none is known.
  m.source,  -- !
  greatest(m.recorded_at, l.recorded_at) AS recorded_at
FROM measured AS m
LEFT JOIN listed AS l ON l.enterprise_id = m.enterprise_id
LEFT JOIN standards.odour_limits AS o ON o.boundary_class = l.boundary_class AND o.existing = l.existing
