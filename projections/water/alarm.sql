-- one row per alarm of the water subsystem, with what people decided on it; from water.trophic_alarm, water.source_assessment, water.outfall_result, water.assessment, base.water_alarm_handled
-- kind: view
-- key: alarm_id
-- kind is TROPHIC (a lake's trophic class rose), SOURCE (a drinking-water source exceeds or approaches a limit), OUTFALL
-- ask water_alarms(since..until of observed_at, kind?): ORDER BY observed_at DESC, alarm_id
--   Alarms on times in [since, until), the latest first; decided or not, where asked.
--   decided? BOOLEAN: (decision IS NOT NULL) = $decided; Whether people have decided on it.
-- (a discharge limit is exceeded) or TARGET (a sampling is worse than its target class).
WITH raised AS (
  SELECT 'TROPHIC' AS kind, site_id, span AS period, starts_at AS observed_at, 'CLASS_ROSE' AS level,
    [name_en] AS about, simulated
  FROM water.trophic_alarm
  UNION ALL
  SELECT 'SOURCE', site_id, period, observed_at, CASE WHEN meets_standard THEN 'APPROACHING' ELSE 'EXCEEDED' END,
    list_transform(warnings, lambda w: w.factor), simulated
  FROM water.source_assessment WHERE len(warnings) > 0
  UNION ALL
  SELECT 'OUTFALL', site_id, period, observed_at, 'EXCEEDED',
    list_transform(list_filter(items, lambda x: x.over_limit AND x.judges), lambda x: x.factor), simulated
  FROM water.outfall_result WHERE exceeds
  UNION ALL
  SELECT 'TARGET', site_id, period, observed_at, 'WORSE_THAN_TARGET', deciding_items, simulated
  FROM water.assessment WHERE NOT meets_target
),
named AS (
  SELECT concat_ws('/', kind, site_id, period, strftime(observed_at, '%Y%m%dT%H%M%SZ')) AS alarm_id,
    kind, site_id, period, observed_at, level, about, simulated
  FROM raised
),
handled AS (
  FROM base.water_alarm_handled QUALIFY row_number() OVER (PARTITION BY alarm_id ORDER BY sequence DESC) = 1
)
SELECT
  n.alarm_id,  -- !
  n.kind,  -- ! TROPHIC, SOURCE, OUTFALL or TARGET.
  n.site_id,  -- !
  n.period,  -- !
  n.observed_at,  -- !
  n.level,  -- ! CLASS_ROSE, APPROACHING, EXCEEDED or WORSE_THAN_TARGET.
  n.about,  -- ! Factors, or the trophic class that was reached.
  n.simulated,  -- ! Whether anything that it follows from is a simulator's.
  h.decision,  -- CONFIRMED, DISMISSED or RESOLVED; null until decided.
  h.reason,
  h.decided_by,
  h.occurred_at AS decided_at  -- When it was decided, UTC; null until then.
FROM named AS n
LEFT JOIN handled AS h USING (alarm_id)
