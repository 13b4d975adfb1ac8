-- one row per year: the energy and greenhouse gases that key energy-using units reported; from air.ghg_report
-- kind: view
-- key: year
SELECT
  year,
  CAST(count(*) AS INTEGER) AS units,
  CAST(count(*) FILTER (status = 'VERIFIED') AS INTEGER) AS verified_units,
  sum(energy_tce ORDER BY enterprise_id) AS energy_tce,
  sum(total_t_co2e ORDER BY enterprise_id) AS total_t_co2e,
  bool_or(source = 'simulator') AS simulated
FROM air.ghg_report
WHERE key_energy_unit
GROUP BY year
