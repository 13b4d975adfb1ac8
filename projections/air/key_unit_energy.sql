-- one row per year, real and simulated apart: the energy and greenhouse gases that key energy-using units reported; from air.ghg_report
-- kind: view
-- key: year, simulated
-- ask key_unit_energy(): ORDER BY year, simulated
--   The energy of key energy-using units, by year.
SELECT
  year,  -- !
  CAST(count(*) AS INTEGER) AS units,  -- ! How many key units reported.
  CAST(count(*) FILTER (status = 'VERIFIED') AS INTEGER) AS verified_units,  -- ! How many of their reports were verified.
  CAST(count(*) FILTER (status = 'RETURNED') AS INTEGER) AS returned_units,  -- ! How many of their reports were returned: they stand in no sum until they are made again.
  coalesce(sum(energy_tce ORDER BY enterprise_id) FILTER (status <> 'RETURNED'), 0) AS energy_tce,  -- ! Of the reports that stand.
  coalesce(sum(total_t_co2e ORDER BY enterprise_id) FILTER (status <> 'RETURNED'), 0) AS total_t_co2e,  -- ! Tonnes CO2e, of the reports that stand.
  source = 'simulator' AS simulated  -- ! Whether anything that it follows from is a simulator's.
FROM air.ghg_report
WHERE key_energy_unit
GROUP BY year, source = 'simulator'
