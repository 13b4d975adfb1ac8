-- one row per month, real and simulated apart, with how much domestic sewage was collected and treated (indicator 18); from water.plant_month, base.sewage_discharge_reported, base.site, standards.sewage_constants
-- kind: view
-- key: month, simulated
-- ask sewage_rates(since..until of month): ORDER BY month, simulated
--   Collection and treatment of domestic sewage in months in [since, until].
-- collection_rate: percent of the BOD5 that people discharge (45 g a day each) that reached a plant; null where a plant
-- did not state its BOD5. treatment_rate: percent of the sewage discharged that was treated. Neither is above 100. Plants
-- treat the whole district's sewage: both are null where not every subdistrict that is in use reported.
WITH discharge AS (
  FROM last(base.sewage_discharge_reported)
),
subdistrict AS (
  SELECT site_id AS area_id, source = 'simulator' AS simulated FROM base.site WHERE kind = 'subdistrict' AND status = 'IN_USE'
),
discharged AS (
  SELECT month, sum(people) AS people, sum(discharged_m3) AS discharged_m3, d.source = 'simulator' AS simulated,
    count(*) AS areas, count(s.area_id) FILTER (d.source = 'simulator' OR NOT s.simulated) =
      if(any_value(d.source) = 'simulator', (SELECT count(*) FROM subdistrict), (SELECT count(*) FROM subdistrict WHERE NOT simulated)) AS suffices
  FROM discharge AS d LEFT JOIN subdistrict AS s USING (area_id) GROUP BY d.month, d.source = 'simulator'
),
treated AS (
  SELECT month, count(*) AS plants, sum(inflow_m3) AS inflow_m3, sum(treated_m3) AS treated_m3,
    CASE WHEN count(bod5_t) = count(*) THEN sum(bod5_t) END AS bod5_t, source = 'simulator' AS simulated
  FROM water.plant_month GROUP BY month, source = 'simulator'
),
constant AS (
  SELECT max("value") FILTER (name = 'bod5_per_person_g_d') AS bod5_g_d,
    max(status) FILTER (name = 'bod5_per_person_g_d') AS status FROM standards.sewage_constants
)
SELECT
  d.month,  -- !
  d.areas,  -- ! How many subdistricts reported what they discharge.
  d.suffices,  -- ! Whether these are all subdistricts that are in use.
  CAST(d.people AS DOUBLE) AS people,  -- !
  d.discharged_m3,  -- !
  t.plants,  -- ! How many plants reported.
  t.inflow_m3,  -- !
  t.treated_m3,  -- !
  t.bod5_t,  -- Tonnes of BOD5 that reached the plants.
  CASE WHEN d.suffices AND d.people > 0 AND t.bod5_t IS NOT NULL
    THEN least(100 * t.bod5_t * 1e6 / (d.people * c.bod5_g_d * day(last_day(d.month))), 100)
  END AS exact_collection_rate,  -- internal Before it is rounded, as a year's is made of it.
  CASE WHEN d.suffices AND d.discharged_m3 > 0
    THEN least(100 * t.treated_m3 / d.discharged_m3, 100) END AS exact_treatment_rate,  -- internal Before it is rounded, as a year's is made of it.
  round_even(exact_collection_rate, 1) AS collection_rate,  -- Percent of people's BOD5 that reached a plant. least() passes over null
  round_even(exact_treatment_rate, 1) AS treatment_rate,  -- Percent of the sewage discharged that was treated.
  c.status AS constant_status,  -- How well the constants are known that it is computed with.
  d.simulated  -- ! Whether a simulator reported what it is made of, or others.
FROM constant AS c, discharged AS d
JOIN treated AS t USING (month, simulated)
