-- one row per factor, kind of water body and class of GB 3838; from standards.water_limits, standards.water_assessment_items
-- kind: constant
-- key: factor, water_body_kind, class
-- Limits in millionths of the factor's unit; a factor counts as the best class whose limits it keeps.
WITH printed AS (
  UNPIVOT (
    SELECT standard, code, op, status, "I", "II", "III", "IV", "V"
    FROM standards.water_limits WHERE "table" = 'Table 1'
  ) ON "I", "II", "III", "IV", "V" INTO NAME roman VALUE printed_limit
),
applied AS (
  SELECT
    standard AS edition,
    CASE WHEN code IN ('TP_river', 'TP_lake') THEN 'TP' ELSE code END AS factor,
    unnest(CASE code WHEN 'TP_river' THEN ['RIVER'] WHEN 'TP_lake' THEN ['LAKE']
                     ELSE ['RIVER', 'LAKE'] END) AS water_body_kind,
    list_position(['I', 'II', 'III', 'IV', 'V'], roman) AS class,
    op,
    printed_limit,
    status
  FROM printed
)
SELECT
  a.edition,
  a.factor,
  a.water_body_kind,
  CAST(a.class AS TINYINT) AS class,
  coalesce(CASE a.op WHEN '>=' THEN millionths(a.printed_limit)
    WHEN 'range' THEN millionths(split_part(a.printed_limit, '-', 1)) END, -1) AS at_least,
  coalesce(CASE a.op WHEN '<=' THEN millionths(a.printed_limit)
    WHEN 'range' THEN millionths(split_part(a.printed_limit, '-', 2)) END, 9000000000000000000) AS at_most,
  a.op = '<=' AS has_multiple,
  a.printed_limit,
  a.status
FROM applied AS a
SEMI JOIN standards.water_assessment_items AS i USING (factor)
