-- one row per kind of low-carbon action, real and simulated apart; from air.low_carbon_action
-- kind: view
-- key: kind, simulated
-- rewarded actions are those that coins were issued for and not taken back.
SELECT
  kind,
  source = 'simulator' AS simulated,
  CAST(count(*) AS INTEGER) AS actions,
  CAST(count(*) FILTER (coins > 0) AS INTEGER) AS rewarded,
  CAST(coalesce(sum(coins), 0) AS BIGINT) AS coins,
  sum(reduction_kg_co2e ORDER BY action_no) AS reduction_kg_co2e,
  any_value(factor_status) AS factor_status
FROM air.low_carbon_action
GROUP BY kind, source = 'simulator'
