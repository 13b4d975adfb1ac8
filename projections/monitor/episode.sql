-- one row per span in which something is amiss at a site, from its beginning to its end; from monitor.exceedance, monitor.silence, monitor.stuck, monitor.heard_year, water.trophic_alarm, water.trophic, standards.check
-- kind: view
-- key: kind, site_id, factor, since
-- factor is '' where it is about none; of a trophic state it is the length of time that was compared. raised_at of a
-- silence that is still to come lies ahead of the log: whoever asks compares it with the time. A trophic class that rose
-- is over when a later state of the same length is back at the class before.
WITH heard AS (
  SELECT site_id, day_start(max(last_day)) + to_hours(last_hour(arg_max(last_hours, year))) AS last_at
  FROM monitor.heard_year GROUP BY site_id
),
sampled AS (  -- two periods that start at one time are one beginning
  FROM monitor.exceedance QUALIFY row_number() OVER (PARTITION BY site_id, kind, factor, since ORDER BY period) = 1
),
at_most AS (  -- each state once for each class that it is at or below
  SELECT site_id, span, starts_at, unnest(range(class, 5)) AS class FROM water.trophic
),
rose AS (
  SELECT a.site_id, a.span, a.starts_at, a.name_en, a.simulated, t.starts_at AS cleared_at
  FROM water.trophic_alarm AS a
  ASOF LEFT JOIN at_most AS t
    ON t.site_id = a.site_id AND t.span = a.span AND t.class = a.class_before AND t.starts_at > a.starts_at
)
SELECT kind, family, site_id, factor, period, since, raised_at, cleared_at, said, about, limit_id, simulated
FROM sampled
UNION ALL
SELECT 'TROPHIC', 'TROPHIC_STATE', site_id, span, span, starts_at, starts_at, cleared_at, name_en, [name_en], NULL, simulated
FROM rose
UNION ALL
SELECT 'OFFLINE', 'DATA', site_id, '', NULL, since, due_at, until, 'nothing stated', [], NULL, false
FROM monitor.silence
UNION ALL
SELECT 'STUCK', 'DATA', s.site_id, s.factor, 'HOUR', s.since, s.since + to_hours(c.hours),
  CASE WHEN h.last_at >= s.until THEN s.until END, s.readings || ' readings of ' || s.value, [s.factor], NULL, false
FROM monitor.stuck AS s
JOIN standards.check AS c USING (check_id)
LEFT JOIN heard AS h ON h.site_id = s.site_id
