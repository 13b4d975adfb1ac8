-- one row per site and calendar year that it stated hours in, with the first and the last of the days, and the hours of the last; from monitor.heard
-- key: site_id, year
-- affects monitor.heard: SELECT site_id, CAST(date_trunc('year', day) AS DATE) AS year FROM changed
-- last_hours: a bit for each hour of the last day that was stated. senders: the days of each who stated them. It spares whoever asks for a few days a look at all others.
WITH said AS (
  SELECT site_id, year, day, hours, unnest(senders).source AS source
  FROM monitor.heard SEMI JOIN wanted USING (site_id, year)
),
spanned AS (
  SELECT site_id, year, source, min(day) AS first_day, max(day) AS last_day, arg_max(hours, day) AS last_hours
  FROM said GROUP BY site_id, year, source
)
SELECT site_id, year, min(first_day) AS first_day, max(last_day) AS last_day, arg_max(last_hours, last_day) AS last_hours,
  list({source: source, first_day: first_day, last_day: last_day} ORDER BY source) AS senders
FROM spanned
GROUP BY site_id, year
