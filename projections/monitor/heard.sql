-- one row per site and local day that it stated hours on; from base.observation
-- key: site_id, day
-- affects base.observation: SELECT site_id, local_day(observed_at) AS day FROM changed WHERE period = 'HOUR'
-- hours: a bit for each hour of the day that was stated. senders: the same of each who stated it.
WITH said AS (
  SELECT site_id, day, source, bit_or(1 << CAST(hour(observed_at + INTERVAL 8 HOURS) AS INTEGER)) AS hours,
    max(recorded_at) AS last_heard_at
  FROM base.observation SEMI JOIN wanted USING (site_id, day)
  WHERE period = 'HOUR'
  GROUP BY site_id, day, source
)
SELECT
  site_id,
  day,
  CAST(date_trunc('year', day) AS DATE) AS year,
  bit_or(hours) AS hours,
  max(last_heard_at) AS last_heard_at,
  list({source: source, hours: hours, last_heard_at: last_heard_at} ORDER BY source) AS senders
FROM said
GROUP BY site_id, day
