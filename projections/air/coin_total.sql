-- one row per circulation of carbon coins, the real and the simulated one; from air.coin_entry
-- kind: view
-- key: simulated
-- in_circulation: what the issuer owes, issued less what was redeemed and what of issues was reversed.
SELECT
  source = 'simulator' AS simulated,
  CAST(-coalesce(sum(coins) FILTER (account_id = coin_issuer()), 0) AS BIGINT) AS in_circulation,
  CAST(coalesce(sum(coins) FILTER (kind = 'ISSUE' AND coins > 0), 0) AS BIGINT) AS issued,
  CAST(coalesce(sum(coins) FILTER (kind = 'SPEND' AND coins > 0), 0) AS BIGINT) AS spent,
  CAST(coalesce(sum(coins) FILTER (kind = 'TRANSFER' AND coins > 0), 0) AS BIGINT) AS transferred,
  CAST(coalesce(sum(coins) FILTER (kind = 'REDEEM' AND coins > 0), 0) AS BIGINT) AS redeemed,
  CAST(coalesce(sum(coins) FILTER (kind = 'REVERSAL' AND coins > 0), 0) AS BIGINT) AS reversed
FROM air.coin_entry
GROUP BY source = 'simulator'
