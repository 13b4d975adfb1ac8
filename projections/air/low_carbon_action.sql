-- one row per recorded low-carbon action, with what it saved and the coins issued for it; from base.low_carbon_action_recorded, air.coin_entry, standards.low_carbon_actions
-- kind: view
-- key: action_no
-- ask low_carbon_actions(account_id?): ORDER BY acted_on DESC, action_no
--   Low-carbon actions, the last first, of one account where given.
-- reduction_kg_co2e follows from the factor in force on the day; coins are those that were issued and not reversed.
WITH action AS (
  FROM base.low_carbon_action_recorded
  QUALIFY row_number() OVER (PARTITION BY action_no ORDER BY sequence) = 1
),
issued AS (
  SELECT account_id, action_no, posting_no, coins FROM air.coin_entry WHERE kind = 'ISSUE' AND coins > 0
),
reversed AS (
  SELECT DISTINCT account_id, reversed_no FROM air.coin_entry
  WHERE kind = 'REVERSAL' AND counter_account_id = coin_issuer()
)
SELECT
  a.action_no,  -- !
  a.account_id,  -- !
  a.kind,  -- !
  a.amount,  -- !
  a.unit,  -- !
  a.acted_on,  -- !
  a.evidence,
  f.reduction_kg_co2e_per_unit * CASE WHEN abs(a.amount) < beyond_measure() THEN a.amount END AS reduction_kg_co2e,  -- Kilograms of CO2e that it saved; null where no factor is known.
  f.status AS factor_status,  -- How well the factor is known.
  CASE WHEN r.reversed_no IS NULL THEN coalesce(i.coins, 0) ELSE 0 END AS coins,  -- ! Issued for it and not reversed.
  a.occurred_at AS reported_at,  -- When it was reported, UTC.
  a.source,  -- !
  a.recorded_at
FROM action AS a
LEFT JOIN issued AS i ON i.action_no = a.action_no AND i.account_id = a.account_id
LEFT JOIN reversed AS r ON r.account_id = i.account_id AND r.reversed_no = i.posting_no
ASOF LEFT JOIN standards.low_carbon_actions AS f
  ON f.kind = a.kind AND f.unit = a.unit AND f.in_force_from <= a.acted_on
QUALIFY row_number() OVER (PARTITION BY a.action_no ORDER BY i.posting_no) = 1
