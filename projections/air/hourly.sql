-- one row per station and hour, monitors of sources being none; from air.monitored, base.observation, base.reading, base.review_mark, base.barred, base.site, standards.air_item, standards.air_scale, standards.aqi_level, standards.check_reach
-- key: site_id, observed_at
-- affects base.observation: SELECT site_id, observed_at + to_hours(unnest(bars)) AS observed_at FROM changed JOIN standards.check_reach USING (topic) WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects base.review_mark: SELECT site_id, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.air' AND period = 'HOUR') USING (site_id, period, observed_at)
-- affects base.site: SELECT site_id, observed_at FROM base.observation SEMI JOIN changed USING (site_id) SEMI JOIN base.source_monitor_registered USING (site_id) WHERE topic = 'env1357.air' AND period = 'HOUR'
-- affects air.monitored: SELECT site_id, observed_at FROM base.observation SEMI JOIN changed USING (site_id) WHERE topic = 'env1357.air' AND period = 'HOUR' AND observed_at >= (SELECT day_start(min(applies_from)) FROM standards.air_item WHERE by_design)
WITH reading AS (
  SELECT r.site_id, r.observed_at, r.factor, r.standing, r.reviewed, r.recorded_at, r.source = 'simulator' AS simulated,
    CASE WHEN r.set_aside IS NULL AND b.site_id IS NULL THEN r.value END AS value
  FROM base.reading AS r
  SEMI JOIN wanted USING (site_id, observed_at)
  LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
  WHERE r.period = 'HOUR'
),
said AS (  -- the last word on each factor, and whether a simulator had it
  SELECT site_id, observed_at, factor, max(recorded_at) AS recorded_at, arg_max_null(value, standing) AS value,
    arg_max_null(simulated, standing) AS simulated, bool_or(reviewed) AS reviewed
  FROM reading GROUP BY ALL
),
valued AS (
  SELECT s.*, i.edition, i.incomplete_above_aqi, 
    list_contains(['SO2', 'NO2', 'CO', 'O3', 'PM10', 'PM2.5'], s.factor) AS pollutant,
    i.factor IS NOT NULL AND (NOT i.by_design OR list_contains(m.pollutants, s.factor) IS NOT FALSE) AS needed,
    CASE WHEN i.by_design THEN coalesce(len(m.pollutants), 6) WHEN i.factor IS NOT NULL THEN 6 END AS needs,
    c.iaqi[i.base + scale_step(s.value, i.per_unit)] AS iaqi
  FROM said AS s
  LEFT JOIN (FROM standards.air_item WHERE report = 'hourly') AS i
    ON i.factor = s.factor AND local_day(s.observed_at) BETWEEN i.applies_from AND i.applies_until
  LEFT JOIN air.monitored AS m ON m.site_id = s.site_id
  LEFT JOIN standards.air_scale AS c ON true
),
published AS (
  SELECT site_id, observed_at, any_value(edition) AS edition, max(recorded_at) AS recorded_at,
    CASE WHEN count(value) FILTER (needed) = max(needs) OR max(iaqi) > any_value(incomplete_above_aqi)
      THEN max(iaqi) END AS aqi,
    bool_or(simulated) FILTER (pollutant) IS TRUE AS simulated,
    bool_and(reviewed) FILTER (pollutant) IS NOT FALSE AS reviewed,
    max(CASE WHEN factor = 'SO2' THEN value END) AS so2_ug_m3, max(CASE WHEN factor = 'SO2' THEN iaqi END) AS so2_iaqi,
    max(CASE WHEN factor = 'NO2' THEN value END) AS no2_ug_m3, max(CASE WHEN factor = 'NO2' THEN iaqi END) AS no2_iaqi,
    max(CASE WHEN factor = 'CO' THEN value END) AS co_mg_m3, max(CASE WHEN factor = 'CO' THEN iaqi END) AS co_iaqi,
    max(CASE WHEN factor = 'O3' THEN value END) AS o3_ug_m3, max(CASE WHEN factor = 'O3' THEN iaqi END) AS o3_iaqi,
    max(CASE WHEN factor = 'PM10' THEN value END) AS pm10_ug_m3,
    max(CASE WHEN factor = 'PM10' THEN iaqi END) AS pm10_iaqi,
    max(CASE WHEN factor = 'PM2.5' THEN value END) AS pm25_ug_m3,
    max(CASE WHEN factor = 'PM2.5' THEN iaqi END) AS pm25_iaqi
  FROM valued GROUP BY ALL
)
SELECT
  p.site_id,  -- ! public
  p.observed_at,  -- ! public Start of the hour, UTC.
  p.observed_at + INTERVAL 1 HOUR AS ends_at,  -- ! public End of the hour, UTC.
  local_day(p.observed_at) AS day,  -- public The local day.
  p.aqi,  -- public AQI by HJ 633; null where pollutants are missing that the station monitors.
  l.level,  -- public
  primary_pollutants(p.aqi, p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi)
    AS primary_pollutants,  -- ! public All pollutants that tie for the AQI, where it is above 50.
  made_of(p.aqi, p.so2_iaqi, p.no2_iaqi, p.co_iaqi, p.o3_iaqi, p.pm10_iaqi, p.pm25_iaqi)
    AS made_of,  -- ! public Pollutants that the AQI is made of: fewer than six where a station does not monitor the others by design, or from an AQI of 101 on (HJ 633-2026 5.3).
  p.edition,  -- public The edition of the standard that it is judged by.
  p.so2_ug_m3,  -- public SO2, µg/m³; null is missing or unusable.
  p.no2_ug_m3,  -- public NO2, µg/m³; null is missing or unusable.
  p.co_mg_m3,  -- public CO, mg/m³; null is missing or unusable.
  p.o3_ug_m3,  -- public Ozone, µg/m³; null is missing or unusable.
  p.pm10_ug_m3,  -- public PM10, µg/m³; null is missing or unusable.
  p.pm25_ug_m3,  -- public PM2.5, µg/m³; null is missing or unusable.
  p.so2_iaqi,  -- public Individual AQI of SO2; null where its value is missing.
  p.no2_iaqi,  -- public Individual AQI of NO2; null where its value is missing.
  p.co_iaqi,  -- public Individual AQI of CO; null where its value is missing.
  p.o3_iaqi,  -- public Individual AQI of ozone; null where its value is missing.
  p.pm10_iaqi,  -- public Individual AQI of PM10; null where its value is missing.
  p.pm25_iaqi,  -- public Individual AQI of PM2.5; null where its value is missing.
  p.simulated,  -- public Whether anything that it follows from is a simulator's.
  p.reviewed,  -- public
  p.recorded_at  -- ! public When its latest statement was recorded, UTC.
FROM published AS p
ANTI JOIN (FROM base.site WHERE kind = 'source_monitor') AS m USING (site_id)
LEFT JOIN standards.aqi_level AS l USING (aqi)
