-- one row per sampling of a water site, with the last word on each factor; from base.observation, base.reading
-- key: site_id, period, observed_at
-- affects base.observation: SELECT site_id, period, observed_at FROM changed WHERE topic = 'env1357.water'
-- items: factor, what it counts as in millionths of its unit (half the limit where below detection), the value as
-- stated, whether it is below detection, whether it is reviewed. set_aside: factors whose last word enters no
-- conclusion. reviewed: whether all items are; else they are provisional.
WITH said AS (
  SELECT
    site_id, period, observed_at, factor,
    max(recorded_at) AS recorded_at,
    arg_max(source = 'simulator', standing) AS simulated,
    arg_max_null(CASE WHEN set_aside IS NULL THEN {
      factor: factor, counted: counted_millionths("value", mark), stated: "value", below: mark = '<',
      reviewed: reviewed
    } END, standing) AS item
  FROM base.reading
  SEMI JOIN wanted USING (site_id, period, observed_at)
  GROUP BY ALL
)
SELECT
  site_id,
  period,
  observed_at,
  coalesce(list(item ORDER BY factor) FILTER (item IS NOT NULL), []) AS items,
  coalesce(list(factor ORDER BY factor) FILTER (item IS NULL), []) AS set_aside,
  coalesce(bool_and(item.reviewed) FILTER (item IS NOT NULL), false) AS reviewed,
  coalesce(bool_or(simulated) FILTER (item IS NOT NULL), false) AS simulated,
  max(recorded_at) AS recorded_at
FROM said
GROUP BY site_id, period, observed_at
