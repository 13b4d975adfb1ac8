-- one row per row of the plan's table of indicators, by the last word on it; from base.indicator_planned
-- key: indicator_id
-- ask indicators(): ORDER BY number, indicator_id
--   The plan's indicators, in its order.
SELECT
  indicator_id,  -- !
  number,  -- !
  topic_zh,  -- !
  name_zh,  -- !
  name_en,  -- !
  unit,  -- !
  base_text,  -- ! Value of 2020 as printed.
  base_value,
  target_text,  -- ! Target of 2025 as printed.
  target_value,
  five_year_text,  -- ! The five-year cumulative target as printed.
  attribute,  -- ! BINDING (约束性) or EXPECTED (预期性).
  note,
  source,  -- !
  recorded_at
FROM base.indicator_planned
SEMI JOIN wanted USING (indicator_id)
QUALIFY row_number() OVER (PARTITION BY indicator_id ORDER BY sequence DESC) = 1
