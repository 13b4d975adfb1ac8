-- one row per rule that water is judged by, with how well it is known; from standards.water_rules, standards.water_rounding, standards.water_limits, standards.lake_trophic_items, standards.lake_trophic_classes, standards.water_quality_grades, standards.water_river_grades, standards.water_priority_items, standards.water_warning_rules, standards.water_share_indicators, standards.discharge_bases, standards.discharge_items, standards.sewage_constants, standards.black_odorous_limits
-- kind: view
-- key: topic, rule
-- ask water_rules(): ORDER BY topic, rule
--   The rules that water is judged by, all or those whose status begins so.
--   status? VARCHAR: starts_with(status, $status); Only those whose status begins so.
WITH said AS (
  SELECT 'judgement' AS topic, rule, said_en, clause, status FROM standards.water_rules
  UNION ALL
  SELECT 'class limits', "table" || ' ' || code, item_cn, standard || ' ' || "table", status
  FROM standards.water_limits WHERE code IS NOT NULL
  UNION ALL
  SELECT 'rounding', factor, decimals || ' decimals', clause, status FROM standards.water_rounding
  UNION ALL
  SELECT 'trophic index', factor, constant || ' + ' || slope || ' ln', clause, status FROM standards.lake_trophic_items
  UNION ALL
  SELECT 'trophic classes', name_en, name_zh, clause, status FROM standards.lake_trophic_classes
  UNION ALL
  SELECT 'grades', roman, grade_en, clause, status FROM standards.water_quality_grades
  UNION ALL
  SELECT 'river grades', grade_en, grade_zh, clause, status FROM standards.water_river_grades
  UNION ALL
  SELECT 'first among pollutants', factor, factor, clause, status FROM standards.water_priority_items
  UNION ALL
  SELECT 'source warnings', kind, name_en || ' from ' || ratio, clause, status FROM standards.water_warning_rules
  UNION ALL
  SELECT 'indicators', indicator_id, controls, clause, status FROM standards.water_share_indicators
  UNION ALL
  SELECT 'discharge bases', standard, clause, clause, status FROM standards.discharge_bases
  UNION ALL
  SELECT 'discharge items', standard || ' ' || item_cn, factor, standard, status FROM standards.discharge_items
  UNION ALL
  SELECT 'sewage', name, "value" || ' ' || unit, clause, status FROM standards.sewage_constants
  UNION ALL
  SELECT 'black and odorous', factor || ' ' || grade, grade_en, clause, status FROM standards.black_odorous_limits
)
SELECT
  topic,  -- ! What the rule is about.
  rule,  -- ! Name of the rule.
  said_en,  -- ! The rule in English.
  clause,  -- ! Where the rule or limit stands.
  status  -- ! How well it is known: verified, from-knowledge, or the platform's own.
FROM said
