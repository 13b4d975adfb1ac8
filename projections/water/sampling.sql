-- one row per sampling of a water site, with the last word on each factor; from base.observation, base.reading, base.review_mark, base.barred, standards.check_reach
-- key: site_id, period, observed_at
-- affects base.observation: SELECT site_id, period, observed_at + to_hours(unnest(bars)) AS observed_at FROM changed JOIN standards.check_reach USING (topic) WHERE topic = 'env1357.water'
-- affects base.review_mark: SELECT site_id, period, observed_at FROM changed SEMI JOIN (FROM base.observation WHERE topic = 'env1357.water') USING (site_id, period, observed_at)
-- items: factor, what it counts as in millionths of its unit (half the limit where below detection), the value as
-- stated, whether it is below detection, whether it is reviewed. set_aside: factors whose last word enters no
-- conclusion. reviewed: whether all items are; else they are provisional.
WITH said AS (
  SELECT
    r.site_id, r.period, r.observed_at, r.factor,
    max(r.recorded_at) AS recorded_at,
    arg_max(r.source = 'simulator', r.standing) AS simulated,
    arg_max_null(CASE WHEN r.set_aside IS NULL AND b.site_id IS NULL THEN {
      factor: r.factor, counted: counted_millionths(r."value", r.mark), stated: r."value", below: r.mark = '<',
      reviewed: r.reviewed
    } END, r.standing) AS item
  FROM base.reading AS r
  SEMI JOIN wanted USING (site_id, period, observed_at)
  LEFT JOIN base.barred AS b USING (site_id, factor, period, observed_at)
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
