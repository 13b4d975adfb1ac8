-- one row per receipt of a ship's pollutants; from base.ship_waste_received, base.ship_waste_transferred, base.ship_waste_disposed
-- key: receipt_no
-- due_on is when the next step is due; whoever asks compares it with a day.
WITH received AS (
  FROM base.ship_waste_received SEMI JOIN wanted USING (receipt_no)
  QUALIFY row_number() OVER (PARTITION BY receipt_no ORDER BY sequence DESC) = 1
),
transferred AS (
  FROM base.ship_waste_transferred SEMI JOIN wanted USING (receipt_no)
  QUALIFY row_number() OVER (PARTITION BY receipt_no ORDER BY sequence DESC) = 1
),
disposed AS (
  FROM base.ship_waste_disposed SEMI JOIN wanted USING (receipt_no)
  QUALIFY row_number() OVER (PARTITION BY receipt_no ORDER BY sequence DESC) = 1
)
SELECT
  r.receipt_no,
  s.status,
  r.ship_name,
  r.pollutant,
  r.unit,
  r.receiver,
  t.carrier,
  coalesce(d.disposer, t.disposer) AS disposer,
  d.method,
  r.quantity AS received,
  t.quantity AS transferred,
  d.quantity AS disposed,
  coalesce(d.discrepancy, t.discrepancy) AS discrepancy,
  r.transfer_due_on,
  r.disposal_due_on,
  CASE s.status WHEN 'RECEIVED' THEN least(r.transfer_due_on, r.disposal_due_on)
    WHEN 'TRANSFERRED' THEN r.disposal_due_on END AS due_on,
  r.occurred_at AS received_at,
  t.occurred_at AS transferred_at,
  d.occurred_at AS disposed_at,
  r.source,
  s.recorded_at
FROM received AS r
JOIN life(ship_receipt) AS s USING (receipt_no)
LEFT JOIN transferred AS t USING (receipt_no)
LEFT JOIN disposed AS d USING (receipt_no)
