-- one row per forecast of an area's local day, by the last word on it; from base.forecast_issued
-- key: forecast_id
SELECT forecast_id, area_id, day, occurred_at AS issued_at, aqi_low, aqi_high, primary_pollutants, source, recorded_at
FROM base.forecast_issued
SEMI JOIN wanted USING (forecast_id)
QUALIFY row_number() OVER (PARTITION BY forecast_id ORDER BY sequence DESC) = 1
