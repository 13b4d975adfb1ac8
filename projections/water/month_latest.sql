-- one row per section or lake and local month: its latest sampling that was judged; from water.assessment
-- key: site_id, month
-- affects water.assessment: SELECT site_id, CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month FROM changed
SELECT site_id, month, period, observed_at, class, deciding_items, target_class, meets_target, simulated
FROM water.assessment
SEMI JOIN wanted USING (site_id, month)
QUALIFY row_number() OVER (PARTITION BY site_id, month ORDER BY observed_at DESC, period) = 1
