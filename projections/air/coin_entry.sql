-- one row per posting of carbon coins and account that it concerns; from base.coins_posted
-- kind: view
-- key: posting_account_id, posting_no, account_id
-- The two entries of a posting sum to zero. A posting counts where it is an event of the account that pays, or of the
-- one that receives where the issuer pays; the first of a number in an account counts.
WITH posting AS (
  SELECT CASE WHEN debit_account_id = coin_issuer() THEN credit_account_id ELSE debit_account_id END
      AS posting_account_id,
    posting_no, kind, debit_account_id, credit_account_id, coins, action_no, reversed_no, note, occurred_at,
    recorded_at, source, subject, sequence
  FROM base.coins_posted
  WHERE debit_account_id <> credit_account_id AND coins BETWEEN 1 AND 1000000000000
),
counted AS (
  FROM posting
  WHERE subject = 'coin_account/' || posting_account_id
  QUALIFY row_number() OVER (PARTITION BY posting_account_id, posting_no ORDER BY sequence) = 1
)
SELECT posting_account_id, posting_no, debit_account_id AS account_id, credit_account_id AS counter_account_id,
  kind, -coins AS coins, action_no, reversed_no, note, occurred_at, recorded_at, source
FROM counted
UNION ALL
SELECT posting_account_id, posting_no, credit_account_id, debit_account_id, kind, coins, action_no, reversed_no, note,
  occurred_at, recorded_at, source
FROM counted
