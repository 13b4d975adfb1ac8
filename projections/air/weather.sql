-- one row per station and hour: the weather that it stated last; from base.reading
-- kind: view
-- key: site_id, observed_at
SELECT site_id, observed_at,
  arg_max_null(value, standing) FILTER (factor = 'wind_speed') AS wind_speed_m_s,
  arg_max_null(value, standing) FILTER (factor = 'wind_direction') AS wind_direction_deg,
  arg_max_null(value, standing) FILTER (factor = 'temperature') AS temperature_c,
  arg_max_null(value, standing) FILTER (factor = 'humidity') AS humidity_percent,
  arg_max_null(value, standing) FILTER (factor = 'pressure') AS pressure_hpa,
  bool_or(source = 'simulator') AS simulated
FROM base.reading
WHERE period = 'HOUR' AND set_aside IS NULL
  AND factor IN ('wind_speed', 'wind_direction', 'temperature', 'humidity', 'pressure')
GROUP BY site_id, observed_at
