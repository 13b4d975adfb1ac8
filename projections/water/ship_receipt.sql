-- one row per receipt of a ship's pollutants; from base.ship_waste_received, base.ship_waste_transferred, base.ship_waste_disposed
-- key: receipt_no
-- ask ship_receipts(status?): ORDER BY receipt_no
--   Receipts of ships' pollutants; with `overdueOn` those whose next step was due before that day.
--   overdue_on? DATE: due_on < $overdue_on; Only those whose next step was due before that day.
-- due_on is when the next step is due; whoever asks compares it with a day.
WITH received AS (
  FROM last(base.ship_waste_received)
),
transferred AS (
  FROM last(base.ship_waste_transferred)
),
disposed AS (
  FROM last(base.ship_waste_disposed)
)
SELECT
  r.receipt_no,  -- !
  s.status,  -- ! RECEIVED, TRANSFERRED or CLOSED.
  r.ship_name,  -- !
  r.pollutant,  -- !
  r.unit,  -- !
  r.receiver,  -- !
  t.carrier,
  coalesce(d.disposer, t.disposer) AS disposer,
  d.method,
  r.quantity AS received,  -- ! How much was received, in the receipt's unit.
  t.quantity AS transferred,  -- How much was transferred, in the receipt's unit; null until then.
  d.quantity AS disposed,  -- How much was disposed of, in the receipt's unit; null until then.
  coalesce(d.discrepancy, t.discrepancy) AS discrepancy,
  r.transfer_due_on,
  r.disposal_due_on,
  CASE s.status WHEN 'RECEIVED' THEN least(r.transfer_due_on, r.disposal_due_on)
    WHEN 'TRANSFERRED' THEN r.disposal_due_on END AS due_on,  -- When the next step is due; null where nothing is.
  r.occurred_at AS received_at,  -- ! When it was received, UTC; null until then.
  t.occurred_at AS transferred_at,  -- When it was transferred, UTC; null until then.
  d.occurred_at AS disposed_at,  -- When it was disposed of, UTC; null until then.
  r.source,  -- !
  s.recorded_at
FROM received AS r
JOIN life(ship_receipt) AS s USING (receipt_no)
LEFT JOIN transferred AS t USING (receipt_no)
LEFT JOIN disposed AS d USING (receipt_no)
