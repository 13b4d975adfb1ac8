-- one row per enterprise and year that it reported greenhouse gases of; from base.ghg_reported, base.ghg_verified, base.ghg_returned
-- kind: view
-- key: enterprise_id, year
-- ask ghg_reports(enterprise_id?, year?): ORDER BY year, enterprise_id
--   Reports of greenhouse gases by year and enterprise, of one where given.
-- By the last report. A verified one can be returned, too, and be made again. Intensity is tonnes CO2e per unit of output, and
-- energy tonnes of coal equivalent; null where there was no output.
WITH report AS (
  FROM last(base.ghg_reported)
),
answer AS (
  SELECT enterprise_id, year, verifier, NULL AS reason, occurred_at, sequence
  FROM base.ghg_verified
  UNION ALL
  SELECT enterprise_id, year, NULL, reason, occurred_at, sequence
  FROM base.ghg_returned
),
last_answer AS (
  FROM answer
  QUALIFY row_number() OVER (PARTITION BY enterprise_id, year ORDER BY sequence DESC) = 1
)
SELECT
  r.enterprise_id,  -- !
  r.year,  -- !
  s.status,  -- ! REPORTED, VERIFIED or RETURNED.
  r.scope1_t_co2e,  -- ! Direct emissions, tonnes CO2e.
  r.scope2_t_co2e,  -- ! Of purchased energy, tonnes CO2e.
  r.scope1_t_co2e + r.scope2_t_co2e AS total_t_co2e,  -- ! Both scopes, tonnes CO2e.
  r.output,  -- !
  r.output_unit,  -- !
  (r.scope1_t_co2e + r.scope2_t_co2e) / nullif(r.output, 0) AS intensity_t_co2e_per_unit,  -- Tonnes CO2e per unit of output; null where there was none.
  r.energy_tce,  -- ! Energy used, tonnes of coal equivalent.
  r.energy_tce / nullif(r.output, 0) AS energy_tce_per_unit,  -- Energy per unit of output.
  r.key_energy_unit,  -- !
  a.verifier,
  a.reason AS return_reason,  -- Why it was returned; null where it was not.
  r.occurred_at AS reported_at,  -- ! When it was reported, UTC.
  a.occurred_at AS answered_at,  -- When it was verified or returned.
  s.recorded_at,
  r.source  -- !
FROM report AS r
JOIN life(ghg_report) AS s USING (enterprise_id, year)
LEFT JOIN last_answer AS a ON a.enterprise_id = r.enterprise_id AND a.year = r.year AND a.sequence > r.sequence
