-- one row per year, chemical and medium, real and simulated apart: what all facilities released, kilograms; from soil.release
-- kind: view
-- key: year, chemical, medium, simulated
-- ask release_totals(year): ORDER BY quantity_kg DESC, chemical, medium
--   Totals of a year, the largest first.
WITH part AS (
  SELECT year, chemical, facility_no, source, unnest(media) AS medium, unnest(quantities_kg) AS quantity_kg
  FROM soil.release
)
SELECT
  year,  -- !
  chemical,  -- !
  medium,  -- ! What it was released into.
  count(DISTINCT facility_no) AS facilities,  -- ! How many facilities reported.
  sum(quantity_kg) AS quantity_kg,  -- ! Kilograms.
  source = 'simulator' AS simulated  -- ! Whether anything that it follows from is a simulator's.
FROM part
WHERE quantity_kg > 0
GROUP BY year, chemical, medium, source = 'simulator'
