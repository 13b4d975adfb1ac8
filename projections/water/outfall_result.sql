-- one row per outfall and sampling, compared with the discharge limits that its register entry names; from water.sampling, water.outfall, standards.limit
-- key: site_id, period, observed_at
-- affects water.sampling: SELECT c.site_id, c.period, c.observed_at FROM changed AS c SEMI JOIN water.outfall USING (site_id)
-- affects water.outfall: SELECT s.site_id, s.period, s.observed_at FROM water.sampling AS s SEMI JOIN changed USING (site_id)
-- ask outfall_results(since..until of observed_at, site_id?, exceeds?): ORDER BY observed_at, site_id
--   Outfalls' samplings that start in [since, until), all or those that exceed or not.
-- column items.factor: ! Code of the item.
-- column items.stated: ! The value that was stated, in the factor's unit.
-- column items.below: ! Whether it was stated as below detection; half of it counts.
-- column items.printed_limit: ! Its limit, as printed.
-- column items.limit_id: ! The row of `limits` that judged it.
-- column items.clause: ! Where its limit stands.
-- column items.status: ! How well the limit is known: verified, or from-knowledge.
-- column items.over_limit: ! Whether it is above its limit.
-- column items.judges: ! False where the limit holds for daily means and this is none.
-- column items.exceeded_by: Multiple of the limit that it exceeds it by.
-- Limits that hold for daily means judge only what is stated on days: of other periods, over_limit is indicative and
-- exceeds stays false. Where a condition is not known (water temperature, year built), the laxer limit applies.
WITH sampled AS (
  SELECT s.site_id, s.period, s.observed_at, s.simulated, s.recorded_at, o.discharge_standard, o.discharge_scope,
    o.discharge_level, o.built_on, unnest(s.items) AS item,
    list_filter(s.items, lambda x: x.factor = 'water_temp')[1].stated AS water_temp
  FROM water.sampling AS s
  SEMI JOIN wanted USING (site_id, period, observed_at)
  JOIN water.outfall AS o USING (site_id)
),
compared AS (
  SELECT s.site_id, s.period, s.observed_at, s.simulated, s.recorded_at, s.discharge_standard, l.factor,
    s.item.reviewed AS reviewed, s.item.stated AS stated, s.item.below AS below, l.printed_limit, l.clause, l.status,
    l.limit_id, beyond(s.item.counted, l.at_least, l.at_most) AS over_limit,
    s.period = coalesce(l.averaging, s.period) AS judges,
    times_beyond(s.item.counted, l.at_most, l.has_multiple) AS exceeded_by
  FROM sampled AS s
  JOIN standards.limit AS l
    ON l.family = 'DISCHARGE' AND in_force(local_day(s.observed_at), l.in_force_from, l.in_force_until)
    AND l.standard = s.discharge_standard AND l.factor = s.item.factor AND l.level IN (s.discharge_level, 'all')
    AND (l.warmer_than IS NULL OR s.water_temp > l.warmer_than)
    AND (l.at_most_warm IS NULL OR coalesce(s.water_temp, l.at_most_warm) <= l.at_most_warm)
    AND (l.built_from IS NULL OR s.built_on >= l.built_from)
    AND (l.built_until IS NULL OR coalesce(s.built_on, l.built_until) <= l.built_until)
    AND (l.scope = s.discharge_scope OR s.discharge_scope IS NULL AND NOT l.scope = '其他排污单位'
      OR starts_with(l.scope, '一切') OR starts_with(l.scope, '第一类'))
  QUALIFY row_number() OVER (PARTITION BY s.site_id, s.period, s.observed_at, l.factor
    ORDER BY l.scope = s.discharge_scope DESC NULLS LAST, l.at_most DESC, l.scope) = 1
)
SELECT
  site_id,  -- !
  period,  -- !
  observed_at,  -- !
  CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month,  -- ! First day of the local month.
  bool_or(over_limit AND judges) AS exceeds,  -- ! Whether it is above its limit; null where none is known.
  list({factor: factor, stated: stated, below: below, printed_limit: printed_limit, limit_id: limit_id, clause: clause, status: status,
    over_limit: over_limit, judges: judges, exceeded_by: exceeded_by} ORDER BY factor) AS items,  -- ! Each factor beside its limit.
  any_value(discharge_standard) AS edition,  -- ! The edition of the standard that it is judged by.
  bool_and(reviewed) AS reviewed,  -- ! Whether all values are final, reviewed ones; else provisional.
  any_value(simulated) AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  any_value(recorded_at) AS recorded_at  -- !
FROM compared
GROUP BY site_id, period, observed_at
