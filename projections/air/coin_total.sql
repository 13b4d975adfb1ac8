-- one row per circulation of carbon coins, the real and the simulated one; from air.coin_entry
-- kind: view
-- key: simulated
-- ask coin_totals(): ORDER BY simulated
--   Coins in circulation, issued, spent and redeemed.
-- in_circulation: what the issuer owes, issued less what was redeemed and what of issues was reversed.
SELECT
  source = 'simulator' AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  CAST(-coalesce(sum(coins) FILTER (account_id = coin_issuer()), 0) AS BIGINT) AS in_circulation,  -- ! What the issuer owes.
  CAST(coalesce(sum(coins) FILTER (kind = 'ISSUE' AND coins > 0), 0) AS BIGINT) AS issued,  -- ! Coins issued.
  CAST(coalesce(sum(coins) FILTER (kind = 'SPEND' AND coins > 0), 0) AS BIGINT) AS spent,  -- ! Coins spent.
  CAST(coalesce(sum(coins) FILTER (kind = 'TRANSFER' AND coins > 0), 0) AS BIGINT) AS transferred,  -- ! Coins transferred.
  CAST(coalesce(sum(coins) FILTER (kind = 'REDEEM' AND coins > 0), 0) AS BIGINT) AS redeemed,  -- ! Coins redeemed.
  CAST(coalesce(sum(coins) FILTER (kind = 'REVERSAL' AND coins > 0), 0) AS BIGINT) AS reversed  -- ! Coins of reversals.
FROM air.coin_entry
GROUP BY source = 'simulator'
