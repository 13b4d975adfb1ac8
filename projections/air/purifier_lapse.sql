-- one row per span in which a catering house's fan ran and its purifier did not; from air.purifier_span
-- kind: view
-- key: catering_id, since
WITH lapse AS (
  SELECT catering_id, stated_at, holds_until, simulated, recorded_at,
    lag(holds_until) OVER (PARTITION BY catering_id ORDER BY stated_at) IS DISTINCT FROM stated_at AS begins
  FROM air.purifier_span
  WHERE fan_on AND NOT purifier_on
),
numbered AS (
  SELECT *, count(*) FILTER (begins) OVER (PARTITION BY catering_id ORDER BY stated_at) AS number FROM lapse
)
SELECT
  catering_id,
  min(stated_at) AS since,
  max(holds_until) AS until,
  round(epoch(max(holds_until) - min(stated_at)) / 3600, 2) AS hours,
  bool_or(simulated) AS simulated,
  max(recorded_at) AS recorded_at
FROM numbered
GROUP BY catering_id, number
