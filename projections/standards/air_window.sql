-- one row per hour of a window of eight whose mean is O3's, of those that a local day is judged by; from standards.air_validity
-- kind: constant
-- key: window_end, hour
-- The first ends at 08:00 of the day and the last at 24:00 (GB 3095 Table 4): no window reaches into another day.
SELECT w.window_end, unnest(range(w.window_end - 8, w.window_end)) AS hour
FROM standards.air_validity AS v, range(25) AS w(window_end)
WHERE v.rule = 'first_8h_window_end' AND w.window_end >= v.value
