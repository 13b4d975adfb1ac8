-- one row per AQI, with its level; from standards.air_aqi_levels
-- kind: constant
-- key: aqi
SELECT
  CAST(unnest(range(aqi_min, coalesce(aqi_max, 500) + 1)) AS SMALLINT) AS aqi,
  CAST(level AS TINYINT) AS level
FROM standards.air_aqi_levels
