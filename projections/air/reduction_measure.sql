-- one row per entry of the emission-reduction list, by the last word on it; from base.reduction_measure_listed
-- key: measure_id
SELECT measure_id, enterprise_id, level, grade, measure, source, recorded_at
FROM base.reduction_measure_listed
SEMI JOIN wanted USING (measure_id)
QUALIFY row_number() OVER (PARTITION BY measure_id ORDER BY sequence DESC) = 1
