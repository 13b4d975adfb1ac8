-- one row per drinking-water source and sampling, by GB 3838-2002 Tables 1 to 3, with what to be warned of; from water.sampling, base.section_registered, base.site, standards.limit, standards.water_warning_rules
-- key: site_id, period, observed_at
-- affects water.sampling: SELECT c.site_id, c.period, c.observed_at FROM changed AS c SEMI JOIN (FROM base.section_registered WHERE drinking_water_source) USING (site_id)
-- affects base.section_registered: SELECT s.site_id, s.period, s.observed_at FROM water.sampling AS s SEMI JOIN changed USING (site_id)
-- affects base.site: SELECT s.site_id, s.period, s.observed_at FROM water.sampling AS s SEMI JOIN changed USING (site_id) SEMI JOIN base.section_registered USING (site_id)
-- ask source_assessments(since..until of observed_at, site_id?): ORDER BY observed_at, site_id
--   Drinking-water sources: samplings that start in [since, until), oldest first.
-- column warnings.factor: ! Code of the item.
-- column warnings.kind: ! EXCEEDED, or APPROACHING from four fifths of the limit on.
-- column warnings.stated: ! The value that was stated, in the factor's unit.
-- column warnings.printed_limit: ! Its limit, as printed.
-- column warnings.limit_id: ! The row of `limits` that judged it.
-- column warnings.limit_table: ! Which table of GB 3838-2002 the limit stands in.
-- column warnings.status: ! How well limit or ratio is known: verified, or from-knowledge.
-- column warnings.exceeded_by: Multiple of the limit that it exceeds it by.
-- warnings: items beyond their limit (EXCEEDED), or at a share of it from which a warning is given (APPROACHING).
WITH sampled AS (
  SELECT s.site_id, s.period, s.observed_at, s.simulated, s.recorded_at, t.water_body_kind, unnest(s.items) AS item
  FROM water.sampling AS s
  SEMI JOIN wanted USING (site_id, period, observed_at)
  JOIN place(section) AS t ON t.site_id = s.site_id AND t.drinking_water_source
),
rule AS (
  SELECT CAST(max(ratio) FILTER (kind = 'APPROACHING') * 1000000 AS BIGINT) AS approaching,
    max(status) FILTER (kind = 'APPROACHING') AS status FROM standards.water_warning_rules
),
judged AS (
  SELECT s.site_id, s.period, s.observed_at, s.simulated, s.recorded_at, l.factor, l.standard AS edition, l.clause AS limit_table,
    l.limit_id, l.printed_limit, l.status AS limit_status, r.status AS ratio_status, s.item.stated AS stated, s.item.below AS below,
    s.item.reviewed AS reviewed,
    CASE
      WHEN beyond(s.item.counted, l.at_least, l.at_most) THEN 'EXCEEDED'
      WHEN NOT s.item.below AND l.at_least IS NULL
        AND CAST(s.item.counted AS HUGEINT) * 1000000 >= CAST(l.at_most AS HUGEINT) * r.approaching
        THEN 'APPROACHING'
      WHEN l.factor = 'DO' AND CAST(l.at_least AS HUGEINT) * 1000000 >= CAST(s.item.counted AS HUGEINT) * r.approaching
        THEN 'APPROACHING'
    END AS warning,
    times_beyond(s.item.counted, l.at_most, l.has_multiple) AS exceeded_by
  FROM rule AS r, sampled AS s
  JOIN standards.limit AS l
    ON l.family = 'DRINKING_WATER' AND l.factor = s.item.factor AND l.scope = s.water_body_kind
    AND in_force(local_day(s.observed_at), l.in_force_from, l.in_force_until)
)
SELECT
  site_id,  -- !
  period,  -- !
  observed_at,  -- !
  CAST(date_trunc('month', local_day(observed_at)) AS DATE) AS month,  -- ! First day of the local month.
  count(*) FILTER (warning = 'EXCEEDED') = 0 AS meets_standard,  -- ! Whether all items keep their limits.
  count(*) AS items,  -- ! How many items were judged.
  coalesce(list({factor: factor, kind: warning, stated: stated, printed_limit: printed_limit,
    limit_id: limit_id, limit_table: limit_table, status: CASE warning WHEN 'EXCEEDED' THEN limit_status ELSE ratio_status END,
    exceeded_by: exceeded_by} ORDER BY warning DESC, factor)
    FILTER (warning IS NOT NULL), []) AS warnings,  -- ! Items beyond their limits or near them.
  coalesce(list(factor ORDER BY factor) FILTER (warning IS NULL), []) AS kept,  -- ! Items that keep their limits and are not near them.
  any_value(edition) AS edition,  -- ! The edition of the standard that it is judged by.
  bool_and(reviewed) AS reviewed,  -- ! Whether all values are final, reviewed ones; else provisional.
  any_value(simulated) AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  any_value(recorded_at) AS recorded_at  -- !
FROM judged
GROUP BY site_id, period, observed_at
