-- one row per kind of low-carbon action, real and simulated apart; from air.low_carbon_action
-- kind: view
-- key: kind, simulated
-- ask low_carbon_totals(): ORDER BY kind, simulated
--   Low-carbon actions by kind, with what they saved.
-- rewarded actions are those that coins were issued for and not taken back.
SELECT
  kind,  -- !
  source = 'simulator' AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  CAST(count(*) AS INTEGER) AS actions,  -- ! How many actions.
  CAST(count(*) FILTER (coins > 0) AS INTEGER) AS rewarded,  -- ! Those that coins were issued for and not taken back.
  CAST(coalesce(sum(coins), 0) AS BIGINT) AS coins,  -- !
  sum(reduction_kg_co2e ORDER BY action_no) AS reduction_kg_co2e,  -- Kilograms of CO2e that it saved; null where no factor is known.
  any_value(factor_status) AS factor_status  -- How well the factor is known.
FROM air.low_carbon_action
GROUP BY kind, source = 'simulator'
