-- one row per limit on what is measured at a source of air pollution; from standards.source_items, standards.discharge_limits, standards.noise_limits
-- kind: constant
-- key: watches, factor, standard, scope, level, from_hour
-- Limits in the factor's unit. Where exceptions are printed behind a number, the number; what is no number is not
-- compared. Hours are local. by_default limits hold for every source of the kinds, others where a monitor names them.
WITH printed AS (
  SELECT standard, item_cn, scope, level, string_split("limit", ' ')[1] AS number, "limit" AS printed_limit, clause, status
  FROM standards.discharge_limits
  WHERE unit = 'mg/m3'
  UNION ALL
  SELECT standard, kind, zone, period, CAST(limit_dBA_Leq AS VARCHAR), CAST(limit_dBA_Leq AS VARCHAR), clause, status
  FROM standards.noise_limits
)
SELECT
  i.watches,
  i.factor,
  i.standard,
  p.scope,
  coalesce(p.level, '') AS level,
  i.by_default,
  string_split(i.dust_kinds, '|') AS dust_kinds,
  i.applies_from,
  i.applies_until,
  i.from_hour,
  i.until_hour,
  TRY_CAST(p.number AS DOUBLE) * i.scale AS limit_value,
  p.printed_limit,
  p.clause,
  CASE WHEN i.status = 'verified' THEN p.status ELSE i.status END AS limit_status
FROM standards.source_items AS i
JOIN printed AS p
  ON p.standard = i.standard AND p.item_cn = i.item_cn
  AND (i.scope IS NULL OR p.scope = i.scope) AND (i.level IS NULL OR p.level = i.level)
WHERE TRY_CAST(p.number AS DOUBLE) IS NOT NULL
