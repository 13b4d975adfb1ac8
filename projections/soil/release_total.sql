-- one row per year, chemical and medium: what all facilities released, kilograms; from soil.release
-- kind: view
-- key: year, chemical, medium
WITH part AS (
  SELECT year, chemical, facility_no, source, unnest(media) AS medium, unnest(quantities_kg) AS quantity_kg
  FROM soil.release
)
SELECT year, chemical, medium, count(DISTINCT facility_no) AS facilities, sum(quantity_kg) AS quantity_kg,
  bool_or(source = 'simulator') AS simulated
FROM part
WHERE quantity_kg > 0
GROUP BY year, chemical, medium
