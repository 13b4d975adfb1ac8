-- one row per enterprise that was ever on the list of those with odours; from base.odour_enterprise_listed, base.odour_enterprise_delisted, air.odour_measurement, base.enterprise_registered, base.site
-- kind: view
-- key: enterprise_id
-- state is LISTED or DELISTED. The last measurement stands beside its limit; complaints are in air.odour_complaint,
-- since how many there are depends on the days that are asked for.
WITH listed AS (
  FROM last(base.odour_enterprise_listed)
),
delisted AS (
  FROM last(base.odour_enterprise_delisted)
),
measured AS (
  FROM air.odour_measurement
  QUALIFY row_number() OVER (PARTITION BY enterprise_id ORDER BY measured_at DESC, measurement_id DESC) = 1
),
enterprise AS (
  FROM place(enterprise)
)
SELECT
  l.enterprise_id,  -- !
  n.name_zh,
  n.name_en,
  CASE WHEN d.enterprise_id IS NULL THEN 'LISTED' ELSE 'DELISTED' END AS state,  -- ! LISTED or DELISTED.
  l.substances,  -- !
  l.sources,  -- ! Where the smell comes from.
  l.reason,  -- !
  l.listed_on,  -- !
  d.delisted_on,
  d.reason AS delisted_because,  -- Why it was taken off the list; null while it is on it.
  l.boundary_class,  -- Class of GB 14554-93 at its boundary.
  l.existing,  -- ! Whether the limits of existing works hold.
  m.measured_at,  -- When its odour was measured last.
  m.odour_concentration,  -- As measured last; without dimension.
  m.below_detection,
  m.odour_limit,  -- The limit of odour concentration; null where no class is known.
  m.clause,  -- Where the rule or limit stands.
  m.limit_status,  -- How well the limit is known.
  m.exceeds,  -- Whether the last measurement is above the limit.
  l.source,  -- !
  greatest(l.recorded_at, d.recorded_at) AS recorded_at
FROM listed AS l
LEFT JOIN delisted AS d ON d.enterprise_id = l.enterprise_id AND d.sequence > l.sequence
LEFT JOIN measured AS m ON m.enterprise_id = l.enterprise_id
LEFT JOIN enterprise AS n ON n.site_id = l.enterprise_id
