-- one row per level of the AQI, with what it does to health and what people should do (HJ 633 table 2); from standards.air_aqi_levels, standards.air_level_advice
-- kind: constant
-- key: level
-- ask air_levels(): ORDER BY level
--   The six levels of the AQI, the best first, with their advice.
SELECT
  CAST(l.level AS TINYINT) AS level,  -- ! public 1 to 6.
  l.category_cn AS name_zh,  -- ! public Its name, as the standard has it.
  a.category_en AS name_en,  -- ! public Its name.
  CAST(l.aqi_min AS SMALLINT) AS aqi_from,  -- ! public Lowest AQI of the level.
  CAST(l.aqi_max AS SMALLINT) AS aqi_to,  -- public Highest AQI of the level; null of the worst, which has no end.
  l.rgb_hex AS colour,  -- ! public The colour that it is shown in, as #rrggbb.
  a.effect_zh,  -- ! public What it does to health, as the standard says.
  a.effect_en,  -- ! public What it does to health.
  a.advice_zh,  -- ! public What people should do, as the standard says.
  a.advice_en,  -- ! public What people should do.
  a.source,  -- ! public Where the words stand.
  a.status  -- ! public How well they are known: verified, or from-knowledge.
FROM standards.air_aqi_levels AS l
JOIN standards.air_level_advice AS a USING (level)
