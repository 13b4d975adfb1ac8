-- one row per station or area and month or year: its good days, attainment and composite index; from air.scope_day, air.evaluation_item, standards.air_validity
-- kind: view
-- key: scope_id, period, starts_on
-- The composite index is the weighted sum of the single indices (环办监测〔2018〕19号; weights in air_evaluation_items).
WITH placed AS (
  SELECT *, unnest(['MONTH', 'YEAR']) AS period,
    unnest([CAST(date_trunc('month', day) AS DATE), CAST(date_trunc('year', day) AS DATE)]) AS starts_on
  FROM air.scope_day
),
counted AS (
  SELECT scope_id, any_value(scope_kind) AS scope_kind, period, starts_on, count(*) AS days, count(aqi) AS valid_days,
    count(*) FILTER (aqi <= good_aqi) AS good_days,
    [count(*) FILTER (level = 1), count(*) FILTER (level = 2), count(*) FILTER (level = 3),
     count(*) FILTER (level = 4), count(*) FILTER (level = 5), count(*) FILTER (level = 6)] AS level_days,
    bool_or(simulated) AS simulated, bool_and(reviewed) AS reviewed, max(recorded_at) AS recorded_at
  FROM placed, (SELECT value AS good_aqi FROM standards.air_validity WHERE rule = 'good_aqi')
  GROUP BY scope_id, period, starts_on
),
judged AS (
  SELECT scope_id, period, starts_on, count(*) AS items, bool_and(attained) AS attained, bool_and(valid) AS valid,
    list(factor ORDER BY factor) FILTER (NOT attained) AS exceeding,
    half_even(CAST(sum(round(single_index * 1000) * weight) AS BIGINT), 10) / 100 AS composite_index, max(edition) AS edition,
    max(mean) FILTER (factor = 'PM2.5') AS pm25_mean
  FROM air.evaluation_item GROUP BY ALL
),
said AS (
  SELECT c.*, j.items, j.valid, j.attained, j.exceeding, j.edition, j.pm25_mean,
    CASE WHEN j.items = 6 THEN j.composite_index END AS composite_index,
    CASE WHEN c.valid_days > 0 THEN half_even(c.good_days * 1000, c.valid_days) / 10 END AS good_share
  FROM counted AS c LEFT JOIN judged AS j USING (scope_id, period, starts_on)
)
SELECT
  s.scope_id,  -- ! Code of the station or area.
  s.scope_kind,  -- ! station or area.
  s.period,  -- !
  s.starts_on,  -- ! First day of the month, quarter or year.
  s.days,  -- ! Days that anything was stated on.
  s.valid_days,  -- ! Days with a valid AQI.
  s.good_days,  -- ! Days with an AQI of 100 or less (优良天数).
  s.good_share,  -- Percent of the valid days, one decimal.
  s.level_days,  -- ! Days of levels 1 to 6.
  s.composite_index,  -- Sum of the weighted single indices of all six.
  s.pm25_mean,  -- Mean of PM2.5, µg/m³.
  coalesce(s.valid AND s.items = 6, false) AS valid,  -- ! Whether all six have enough days.
  CASE WHEN s.valid AND s.items = 6 THEN s.attained END AS attained,  -- Whether all six pollutants keep their limits; null where not all are valid.
  coalesce(s.exceeding, []) AS exceeding,  -- ! Pollutants that exceed a limit.
  s.edition,  -- Edition of GB 3095 in force on the last day.
  b.good_share AS good_share_year_before,  -- Share of good days of the same time a year before, percent.
  b.composite_index AS composite_index_year_before,  -- Composite index of the same time a year before.
  b.pm25_mean AS pm25_mean_year_before,  -- Mean of PM2.5 of the same time a year before, µg/m³.
  s.simulated,  -- Whether anything that it follows from is a simulator's.
  s.reviewed,
  s.recorded_at
FROM said AS s
LEFT JOIN said AS b
  ON b.scope_id = s.scope_id AND b.period = s.period AND b.starts_on = CAST(s.starts_on - INTERVAL 1 YEAR AS DATE)
