-- one row per sewage treatment plant and month, by the last report on it; from base.plant_load_reported, base.plant_registered, base.site
-- kind: view
-- key: plant_id, month
-- ask plant_months(since..until of month): ORDER BY month, plant_id
--   Months of sewage treatment plants in [since, until], oldest first.
-- load_rate: percent of the design capacity; bod5_t, cod_removed_t: tonnes that came in, and that were removed.
WITH load AS (
  FROM last(base.plant_load_reported)
),
plant AS (
  FROM place(plant)
)
SELECT
  l.plant_id,  -- !
  p.name_zh,
  p.name_en,
  l.month,  -- !
  p.capacity_m3_d,
  l.inflow_m3,  -- !
  l.treated_m3,  -- !
  l.inflow_bod5_mg_l,
  l.inflow_cod_mg_l,
  l.outflow_cod_mg_l,
  l.sludge_t,
  CASE WHEN p.capacity_m3_d > 0
    THEN round_even(100 * l.inflow_m3 / (p.capacity_m3_d * day(last_day(l.month))), 1) END AS load_rate,  -- Percent of the design capacity.
  l.inflow_m3 * l.inflow_bod5_mg_l / 1e6 AS bod5_t,  -- Tonnes of BOD5 that came in.
  l.treated_m3 * (l.inflow_cod_mg_l - l.outflow_cod_mg_l) / 1e6 AS cod_removed_t,  -- Tonnes of COD that were removed.
  l.source,  -- !
  l.recorded_at
FROM load AS l
LEFT JOIN plant AS p ON p.site_id = l.plant_id
