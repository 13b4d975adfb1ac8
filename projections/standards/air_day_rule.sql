-- one row per set of rules of which a day's statistics are valid, of which there is one; from standards.air_validity
-- kind: constant
-- key: enough_hours
SELECT
  CAST(max(value) FILTER (rule = 'day_mean_hours') AS BIGINT) AS enough_hours,
  CAST(max(value) FILTER (rule = 'eight_hour_mean_hours') AS BIGINT) AS enough_of_eight,
  CAST(max(value) FILTER (rule = 'day_maximum_8h_windows') AS BIGINT) AS enough_windows,
  CAST(max(value) FILTER (rule = 'first_8h_window_end') AS BIGINT) AS first_end,
  CAST(max(value) FILTER (rule = 'day_maximum_8h_limit') AS BIGINT) AS sure_above
FROM standards.air_validity
