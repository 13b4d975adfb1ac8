-- one row per report: for each pollutant the IAQI of every step, edition after edition; from standards.air_iaqi, standards.air_edition
-- kind: constant
-- key: report
-- The IAQI of a step is `list[base + step]`: where one row would be joined for each value, a list is looked into.
SELECT q.report,
  list(q.iaqi ORDER BY e.base, q.step) FILTER (q.factor = 'SO2') AS so2,
  list(q.iaqi ORDER BY e.base, q.step) FILTER (q.factor = 'NO2') AS no2,
  list(q.iaqi ORDER BY e.base, q.step) FILTER (q.factor = 'CO') AS co,
  list(q.iaqi ORDER BY e.base, q.step) FILTER (q.factor = 'O3') AS o3,
  list(q.iaqi ORDER BY e.base, q.step) FILTER (q.factor = 'PM10') AS pm10,
  list(q.iaqi ORDER BY e.base, q.step) FILTER (q.factor = 'PM2.5') AS pm25
FROM standards.air_iaqi AS q
JOIN standards.air_edition AS e USING (edition)
WHERE q.report = 'hourly'
GROUP BY q.report
