-- one row per edition, report and pollutant that an AQI is made of; from standards.air_report_items, standards.air_iaqi_breakpoints, standards.factor
-- kind: constant
-- key: item
WITH top AS (
  SELECT edition, pollutant AS factor, averaging, CAST(max(concentration) AS INTEGER) AS concentration
  FROM standards.air_iaqi_breakpoints
  GROUP BY ALL
)
SELECT
  CAST(row_number() OVER (ORDER BY i.edition, i.report, i.factor, i.averaging) AS INTEGER) AS item,
  i.edition,
  i.report,
  i.factor,
  i.statistic,
  i.averaging,
  CAST(f.per_unit AS INTEGER) AS per_unit,
  -- anything above the top breakpoint is looked up one step above it
  CAST(top.concentration * f.per_unit + 1 AS INTEGER) AS highest_step
FROM standards.air_report_items AS i
JOIN standards.factor AS f USING (factor)
JOIN top USING (edition, factor, averaging)
