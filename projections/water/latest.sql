-- one row per section or lake: its latest sampling that was judged; from water.month_latest
-- kind: view
-- key: site_id
SELECT site_id, period, observed_at, class, deciding_items, target_class, meets_target, simulated
FROM water.month_latest
QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY month DESC) = 1
