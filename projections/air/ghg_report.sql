-- one row per enterprise and year that it reported greenhouse gases of; from base.ghg_reported, base.ghg_verified, base.ghg_returned
-- kind: view
-- key: enterprise_id, year
-- By the last report. status is REPORTED, VERIFIED or RETURNED; intensity is tonnes CO2e per unit of output, and
-- energy tonnes of coal equivalent; null where there was no output.
WITH report AS (
  FROM base.ghg_reported
  QUALIFY row_number() OVER (PARTITION BY enterprise_id, year ORDER BY sequence DESC) = 1
),
answer AS (
  SELECT enterprise_id, year, 'VERIFIED' AS status, verifier, NULL AS reason, occurred_at, recorded_at, sequence
  FROM base.ghg_verified
  UNION ALL
  SELECT enterprise_id, year, 'RETURNED', NULL, reason, occurred_at, recorded_at, sequence
  FROM base.ghg_returned
),
last_answer AS (
  FROM answer
  QUALIFY row_number() OVER (PARTITION BY enterprise_id, year ORDER BY sequence DESC) = 1
)
SELECT
  r.enterprise_id,
  r.year,
  coalesce(a.status, 'REPORTED') AS status,
  r.scope1_t_co2e,
  r.scope2_t_co2e,
  r.scope1_t_co2e + r.scope2_t_co2e AS total_t_co2e,
  r.output,
  r.output_unit,
  (r.scope1_t_co2e + r.scope2_t_co2e) / nullif(r.output, 0) AS intensity_t_co2e_per_unit,
  r.energy_tce,
  r.energy_tce / nullif(r.output, 0) AS energy_tce_per_unit,
  r.key_energy_unit,
  a.verifier,
  a.reason AS return_reason,
  r.occurred_at AS reported_at,
  a.occurred_at AS answered_at,
  greatest(r.recorded_at, a.recorded_at) AS recorded_at,
  r.source
FROM report AS r
LEFT JOIN last_answer AS a ON a.enterprise_id = r.enterprise_id AND a.year = r.year AND a.sequence > r.sequence
