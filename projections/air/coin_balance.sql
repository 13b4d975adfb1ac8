-- one row per account for carbon coins, the issuer's among them; from base.coin_account_opened, air.coin_entry
-- kind: view
-- key: account_id
-- The issuer's balance is what it owes: below zero by the coins in circulation. All balances sum to zero.
WITH account AS (
  FROM last(base.coin_account_opened)
),
moved AS (
  SELECT account_id, sum(coins) AS balance, sum(coins) FILTER (coins > 0) AS received,
    -sum(coins) FILTER (coins < 0) AS paid, count(*) AS postings, max(recorded_at) AS recorded_at
  FROM air.coin_entry GROUP BY account_id
)
SELECT
  account_id,  -- !
  CASE WHEN account_id = coin_issuer() THEN 'ISSUER' ELSE a.kind END AS kind,  -- PERSON, MERCHANT or ISSUER; null of what was never opened.
  a.name,
  CAST(coalesce(m.balance, 0) AS BIGINT) AS balance,  -- ! The issuer's is below zero: what it owes.
  CAST(coalesce(m.received, 0) AS BIGINT) AS received,  -- ! Coins received.
  CAST(coalesce(m.paid, 0) AS BIGINT) AS paid,  -- ! Coins paid.
  CAST(coalesce(m.postings, 0) AS INTEGER) AS postings,  -- ! How many postings it took part in.
  a.occurred_at AS opened_at,  -- When it was opened, UTC.
  coalesce(a.source = 'simulator', false) AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  greatest(a.recorded_at, m.recorded_at) AS recorded_at
FROM account AS a
FULL JOIN moved AS m USING (account_id)
