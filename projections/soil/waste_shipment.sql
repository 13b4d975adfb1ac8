-- one row per recorded shipment of hazardous waste, by the last word on it; from base.waste_shipment_recorded
-- key: shipment_no
-- ask waste_shipments(year?): ORDER BY shipment_no
--   Shipments in order of their numbers, of one year where given.
-- quantity_t is null where the quantity was stated as a volume or could not be read: it is never guessed.
SELECT
  shipment_no,  -- !
  year,  -- !
  notice_no,  -- !
  consignor,  -- !
  consignee_no,  -- !
  consignee,  -- !
  waste_name,  -- !
  waste_codes,  -- !
  un_no,
  quantity,  -- As stated; null where the papers can't be read.
  unit,  -- ! As stated.
  quantity_t,  -- Tonnes; null where a volume was stated.
  method,
  source,  -- !
  recorded_at
FROM base.waste_shipment_recorded
SEMI JOIN wanted USING (shipment_no)
QUALIFY row_number() OVER (PARTITION BY shipment_no ORDER BY sequence DESC) = 1
