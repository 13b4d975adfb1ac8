-- one row per factor of a drinking-water source and kind of water body, with its limit; from standards.water_class_limit, standards.water_limits, standards.water_source_items
-- kind: constant
-- key: factor, water_body_kind
-- The basic items of Table 1 must reach class Ⅲ; those of Tables 2 and 3 have a limit of their own. In millionths.
SELECT edition, 'Table 1' AS limit_table, factor, water_body_kind, at_least, at_most, printed_limit, status
FROM standards.water_class_limit WHERE class = 3
UNION ALL
SELECT i.standard, i."table", i.factor, unnest(['RIVER', 'LAKE']), -1, millionths(l.source_limit),
  rtrim(rtrim(CAST(CAST(l.source_limit AS DECIMAL(18, 6)) AS VARCHAR), '0'), '.'), l.status
FROM standards.water_source_items AS i
JOIN standards.water_limits AS l ON l.item_cn = i.item_cn AND starts_with(l."table", i."table")
