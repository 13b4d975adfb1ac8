-- one row per hazardous-waste manifest; from base.manifest_issued, base.manifest_loaded, base.manifest_delivered, base.manifest_received, base.manifest_voided
-- key: manifest_no
-- ask manifests(status?, manifest_no?): ORDER BY manifest_no
--   Manifests in order of their numbers, of one status where given.
-- Quantities in tonnes.
WITH issued AS (
  FROM last(base.manifest_issued)
),
loaded AS (
  FROM last(base.manifest_loaded)
),
delivered AS (
  FROM last(base.manifest_delivered)
),
received AS (
  FROM last(base.manifest_received)
),
voided AS (
  FROM last(base.manifest_voided)
)
SELECT
  i.manifest_no,  -- !
  s.status,  -- ! public Where it stands.
  i.generator_id,  -- !
  i.carrier_id,  -- !
  i.receiver_id,  -- !
  i.waste_category,  -- !
  i.waste_code,  -- !
  i.waste_name,  -- !
  i.hazards,  -- !
  i.form,  -- !
  i.packages,  -- !
  i.quantity_t AS issued_t,  -- ! Tonnes that the generator handed over.
  l.quantity_t AS loaded_t,  -- Tonnes that were loaded; null until then.
  r.quantity_t AS accepted_t,  -- Tonnes that the receiver accepted; null until it is received.
  l.vehicle_plate,
  r.discrepancy,
  i.occurred_at AS issued_at,  -- ! When it was issued, UTC.
  l.occurred_at AS loaded_at,  -- When it was loaded, UTC; null until then.
  d.occurred_at AS delivered_at,  -- When it was delivered, UTC; null until then.
  r.occurred_at AS received_at,  -- When it was received, UTC; null until then.
  v.occurred_at AS voided_at,  -- When it was voided, UTC; null where it was not.
  i.source,  -- !
  s.recorded_at
FROM issued AS i
JOIN life(manifest) AS s USING (manifest_no)
LEFT JOIN loaded AS l USING (manifest_no)
LEFT JOIN delivered AS d USING (manifest_no)
LEFT JOIN received AS r USING (manifest_no)
LEFT JOIN voided AS v USING (manifest_no)
