-- one row per edition, report, pollutant, statistic and step of concentration, with its IAQI; from standards.air_report_items, standards.air_iaqi_breakpoints, standards.air_iaqi_above_top, standards.factor
-- kind: constant
-- key: edition, report, factor, statistic, step
-- IAQI is interpolated between breakpoints and rounded up, in integers (HJ 633-2012 4.2, 6.2; HJ 633-2026 4.2.5, 4.2.6).
WITH item AS (
  SELECT i.edition, i.report, i.factor, i.statistic, i.averaging, f.per_unit
  FROM standards.air_report_items AS i JOIN standards.factor AS f USING (factor)
),
breakpoint AS (
  SELECT
    i.*,
    CAST(b.concentration * i.per_unit AS BIGINT) AS low,
    CAST(b.iaqi AS BIGINT) AS low_iaqi,
    lead(CAST(b.concentration * i.per_unit AS BIGINT)) OVER scale AS high,
    lead(CAST(b.iaqi AS BIGINT)) OVER scale AS high_iaqi
  FROM item AS i
  JOIN standards.air_iaqi_breakpoints AS b
    ON b.edition = i.edition AND b.pollutant = i.factor AND b.averaging = i.averaging
  WHERE b.concentration IS NOT NULL
  WINDOW scale AS (PARTITION BY i.edition, i.report, i.factor, i.statistic ORDER BY b.concentration)
),
within AS (
  SELECT b.*, unnest(range(low, coalesce(high, low + 1))) AS step FROM breakpoint AS b
),
above AS (
  SELECT i.*, unnest(range(top.step + 1, highest_step() + 1)) AS step, a.iaqi
  FROM item AS i
  JOIN (SELECT edition, report, factor, statistic, max(step) AS step FROM within GROUP BY ALL) AS top
    USING (edition, report, factor, statistic)
  JOIN standards.air_iaqi_above_top AS a USING (edition, factor, averaging)
)
SELECT
  edition, report, factor, statistic, CAST(step AS INTEGER) AS step,
  CAST(low_iaqi + coalesce(
    ((high_iaqi - low_iaqi) * (step - low) + (high - low) - 1) // (high - low), 0) AS SMALLINT) AS iaqi
FROM within
UNION ALL
SELECT edition, report, factor, statistic, CAST(step AS INTEGER), CAST(iaqi AS SMALLINT)
FROM above
