-- one row per site, or sender at a site, with the first and the last day that it was heard of; from monitor.heard_year
-- kind: view
-- key: site_id, source
-- source is null where it is the site, whoever stated it.
WITH said AS (
  SELECT site_id, NULL AS source, first_day, last_day FROM monitor.heard_year
  UNION ALL
  SELECT site_id, unnest(senders).source, unnest(senders).first_day, unnest(senders).last_day FROM monitor.heard_year
)
SELECT site_id, source, min(first_day) AS first_day, max(last_day) AS last_day
FROM said
GROUP BY site_id, source
