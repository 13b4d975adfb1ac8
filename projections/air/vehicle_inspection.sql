-- one row per report of a vehicle's regular emission inspection, by the last word on it; from base.vehicle_inspected
-- key: report_no
SELECT report_no, plate, plate_colour, inspected_on, result, station, method, inspector,
  source = 'simulator' AS simulated, recorded_at
FROM base.vehicle_inspected
SEMI JOIN wanted USING (report_no)
QUALIFY row_number() OVER (PARTITION BY report_no ORDER BY sequence DESC) = 1
