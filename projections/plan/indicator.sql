-- one row per row of the plan's table of indicators, by the last word on it; from base.indicator_planned
-- key: indicator_id
SELECT indicator_id, number, topic_zh, name_zh, name_en, unit, base_text, base_value, target_text, target_value,
  five_year_text, attribute, note, source, recorded_at
FROM base.indicator_planned
SEMI JOIN wanted USING (indicator_id)
QUALIFY row_number() OVER (PARTITION BY indicator_id ORDER BY sequence DESC) = 1
