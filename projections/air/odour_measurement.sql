-- one row per measurement of the odour at an enterprise's boundary, beside its limit; from base.odour_measured, base.odour_enterprise_listed, standards.limit
-- kind: view
-- key: measurement_id
-- ask odour_measurements(enterprise_id?, exceeds?): ORDER BY measured_at DESC, measurement_id
--   Measurements of odours, the latest first; all, or those above their limits.
-- The limit is that of the class at the boundary, as the list has it; without a class there is none, and exceeds is
-- null. What is below detection does not exceed.
WITH measured AS (
  FROM last(base.odour_measured)
),
listed AS (
  FROM last(base.odour_enterprise_listed)
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
  CAST(o.at_most // 1000000 AS BIGINT) AS odour_limit,  -- Null where no class is known at the boundary.
  o.standard || ' ' || o.clause AS clause,  -- Where the rule or limit stands.
  o.status AS limit_status,  -- How well the limit is known.
  o.limit_id,  -- The row of `limits` that judged it; null where none did.
  CASE WHEN o.limit_id IS NOT NULL
    THEN beyond(millionths(least(greatest(m.odour_concentration, 0), beyond_measure())), o.at_least, o.at_most) AND NOT m.below_detection END AS exceeds,  -- Whether it is above its limit; null where none is known.
  m.source,  -- !
  greatest(m.recorded_at, l.recorded_at) AS recorded_at
FROM measured AS m
LEFT JOIN listed AS l ON l.enterprise_id = m.enterprise_id
LEFT JOIN standards.limit AS o
  ON o.family = 'ODOUR' AND o.level = l.boundary_class AND o.scope = if(l.existing, 'EXISTING', 'NEW')
  AND in_force(local_day(m.measured_at), o.in_force_from, o.in_force_until)
