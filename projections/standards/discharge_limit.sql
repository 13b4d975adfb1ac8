-- one row per discharge standard, scope, level, factor and condition, with its limit; from standards.discharge_limits, standards.discharge_items, standards.discharge_bases
-- kind: constant
-- key: standard, scope, level, factor, warmer_than, at_most_warm, built_from, built_until
-- Limits in millionths of the factor's unit. Limits that are no numbers, such as 不得检出, are not compared.
WITH printed AS (
  SELECT l.standard, l.scope, l.level, i.factor, i.warmer_than, i.at_most_warm, i.built_from, i.built_until, l.clause,
    l."limit" AS printed_limit, string_split(l."limit", '-') AS bounds,
    coalesce(b.only_daily_means, false) AS only_daily_means,
    CASE WHEN i.status = 'verified' THEN l.status ELSE i.status END AS status
  FROM standards.discharge_limits AS l
  JOIN standards.discharge_items AS i ON i.standard = l.standard AND i.item_cn = l.item_cn
  LEFT JOIN standards.discharge_bases AS b ON b.standard = l.standard AND coalesce(b.scope, l.scope) = l.scope
)
SELECT
  standard, scope, level, factor, warmer_than, at_most_warm, built_from, built_until, clause, printed_limit,
  only_daily_means, status,
  CASE WHEN factor = 'pH' THEN millionths(bounds[1]) ELSE -1 END AS at_least,
  CASE WHEN factor = 'pH' THEN millionths(bounds[2]) ELSE millionths(TRY_CAST(printed_limit AS DOUBLE)) END AS at_most
FROM printed
WHERE factor = 'pH' OR TRY_CAST(printed_limit AS DOUBLE) IS NOT NULL
