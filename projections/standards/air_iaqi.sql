-- one row per air item and step of concentration, with its IAQI; from standards.air_item, standards.air_iaqi_breakpoints, standards.air_iaqi_above_top
-- kind: constant
-- key: item, step
-- IAQI is interpolated between breakpoints and rounded up, in integers (HJ 633-2012 4.2, 6.2; HJ 633-2026 4.2.5, 4.2.6).
WITH breakpoint AS (
  SELECT
    i.item,
    CAST(b.concentration * i.per_unit AS BIGINT) AS low,
    CAST(b.iaqi AS BIGINT) AS low_iaqi,
    lead(CAST(b.concentration * i.per_unit AS BIGINT)) OVER scale AS high,
    lead(CAST(b.iaqi AS BIGINT)) OVER scale AS high_iaqi
  FROM standards.air_item AS i
  JOIN standards.air_iaqi_breakpoints AS b
    ON b.edition = i.edition AND b.pollutant = i.factor AND b.averaging = i.averaging
  WHERE b.concentration IS NOT NULL
  WINDOW scale AS (PARTITION BY i.item ORDER BY b.concentration)
),
step AS (
  SELECT b.*, unnest(range(low, coalesce(high, low + 1))) AS step FROM breakpoint AS b
)
SELECT
  item,
  CAST(step AS INTEGER) AS step,
  CAST(low_iaqi + coalesce(
    ((high_iaqi - low_iaqi) * (step - low) + (high - low) - 1) // (high - low), 0) AS SMALLINT) AS iaqi
FROM step
UNION ALL
SELECT i.item, i.highest_step, CAST(a.iaqi AS SMALLINT)
FROM standards.air_item AS i
JOIN standards.air_iaqi_above_top AS a USING (edition, factor, averaging)
