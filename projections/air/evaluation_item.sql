-- one row per station or area, month or year, and pollutant: its mean and percentile against the limits; from air.scope_day, standards.air_evaluation_editions, standards.air_evaluation_items, standards.limit, standards.air_validity, standards.factor
-- kind: view
-- key: scope_id, period, starts_on, factor
-- Days are whole steps, so means and percentiles are exact. They are rounded, halves to even (GB/T 8170), to the parts of
-- a step that the edition of HJ 663 of the period's last day has, and then compared. The limits are those of GB 3095,
-- class II, in force on that day; percentiles by HJ 663 Annex A.
WITH daily AS (
  UNPIVOT (SELECT scope_id, day, so2_ug_m3, no2_ug_m3, co_mg_m3 * 10 AS co, o3_8h_ug_m3, pm10_ug_m3, pm25_ug_m3
           FROM air.scope_day)
  ON so2_ug_m3 AS 'SO2', no2_ug_m3 AS 'NO2', co AS 'CO', o3_8h_ug_m3 AS 'O3', pm10_ug_m3 AS 'PM10',
    pm25_ug_m3 AS 'PM2.5' INTO NAME factor VALUE step
),
placed AS (
  SELECT scope_id, factor, CAST(round(step) AS BIGINT) AS step, day,
    unnest(['MONTH', 'YEAR']) AS period,
    unnest([CAST(date_trunc('month', day) AS DATE), CAST(date_trunc('year', day) AS DATE)]) AS starts_on
  FROM daily
),
month_count AS (
  SELECT scope_id, period, starts_on, factor, date_trunc('month', day) AS month, count(*) AS days
  FROM placed GROUP BY ALL
),
full_months AS (
  SELECT c.scope_id, c.period, c.starts_on, c.factor,
    count(*) FILTER (c.days >= CASE month(c.month) WHEN 2 THEN v.february ELSE v.other END) AS months
  FROM month_count AS c, (
    SELECT max(value) FILTER (rule = 'february_days') AS february, max(value) FILTER (rule = 'month_days') AS other
    FROM standards.air_validity) AS v
  GROUP BY ALL
),
statistic AS (
  SELECT scope_id, period, starts_on, factor, count(*) AS days, CAST(sum(step) AS BIGINT) AS total,
    list(step ORDER BY step) AS sorted
  FROM placed GROUP BY ALL
),
ranked AS (
  SELECT s.*, m.months, i.percent, i.mean_averaging, i.percentile_averaging, i.weight, f.per_unit, f.unit,
    -- k = 1 + (n - 1) p / 100, in hundredths
    (100 + (s.days - 1) * i.percent) // 100 AS rank, (100 + (s.days - 1) * i.percent) % 100 AS rest,
    s.starts_on + CASE s.period WHEN 'YEAR' THEN INTERVAL 1 YEAR ELSE INTERVAL 1 MONTH END - INTERVAL 1 DAY AS ends_at
  FROM statistic AS s
  JOIN full_months AS m USING (scope_id, period, starts_on, factor)
  JOIN standards.air_evaluation_items AS i USING (factor)
  JOIN standards.factor AS f USING (factor)
),
reckoned AS (  -- in tenths of a step
  SELECT r.*, half_even(r.total * e.parts_of_step, r.days) * (10 // e.parts_of_step) AS mean_10,
    half_even(r.sorted[r.rank] * 100 + r.rest * (coalesce(r.sorted[r.rank + 1], r.sorted[r.rank]) - r.sorted[r.rank]),
      100 // e.parts_of_step) * (10 // e.parts_of_step) AS percentile_10,
    y.value AS year_days
  FROM ranked AS r
  JOIN standards.air_evaluation_editions AS e
    ON (e.applies_from IS NULL OR r.ends_at >= e.applies_from) AND (e.applies_until IS NULL OR r.ends_at <= e.applies_until),
    (SELECT value FROM standards.air_validity WHERE rule = 'year_days') AS y
),
limited AS (
  SELECT r.*, a.at_most / 1e6 AS mean_limit, p.at_most / 1e6 AS percentile_limit, p.standard AS edition,
    a.limit_id AS mean_limit_id, p.limit_id AS percentile_limit_id,
    CAST(a.at_most * r.per_unit // 100000 AS BIGINT) AS mean_limit_10,
    CAST(p.at_most * r.per_unit // 100000 AS BIGINT) AS percentile_limit_10
  FROM reckoned AS r
  LEFT JOIN standards.limit AS p ON p.family = 'AMBIENT_AIR' AND p.level = '2' AND p.factor = r.factor
    AND p.averaging = r.percentile_averaging AND in_force(CAST(r.ends_at AS DATE), p.in_force_from, p.in_force_until)
  LEFT JOIN standards.limit AS a ON a.family = 'AMBIENT_AIR' AND a.level = '2' AND a.factor = r.factor
    AND a.averaging = r.mean_averaging AND in_force(CAST(r.ends_at AS DATE), a.in_force_from, a.in_force_until)
)
SELECT scope_id, period, starts_on, factor, unit, days,
  months = CASE period WHEN 'YEAR' THEN 12 ELSE 1 END AND (period = 'MONTH' OR days >= year_days) AS valid,
  mean_10 / (10 * per_unit) AS mean, percent, percentile_10 / (10 * per_unit) AS percentile, mean_limit,
  percentile_limit, edition,
  mean_limit_id, percentile_limit_id,
  NOT beyond(mean_10, NULL, mean_limit_10) AND CASE WHEN percentile_limit_10 IS NOT NULL
    THEN NOT beyond(percentile_10, NULL, percentile_limit_10) END AS attained,
  multiple(mean_10, mean_limit_10) AS mean_exceeded_by,
  multiple(percentile_10, percentile_limit_10) AS percentile_exceeded_by,
  CASE WHEN percentile_limit_10 IS NULL THEN NULL WHEN mean_limit_10 IS NULL
    THEN half_even(percentile_10 * 1000, percentile_limit_10) ELSE half_even(mean_10 * 1000, mean_limit_10) END / 1000
    AS single_index,
  weight
FROM limited
