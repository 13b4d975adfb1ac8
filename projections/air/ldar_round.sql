-- one row per round of leak detection and repair, by the last report on it; from base.ldar_round_reported, standards.ldar_limits
-- kind: view
-- key: round_id
-- Shares in percent, one decimal. strict_enough: whether points were counted as leaking from the standard's reading on, or
-- from a lower one; the limit for key regions is not asked for here.
WITH reported AS (
  FROM base.ldar_round_reported QUALIFY row_number() OVER (PARTITION BY round_id ORDER BY sequence DESC) = 1
)
SELECT
  r.round_id,
  r.enterprise_id,
  r.begun_on,
  r.ended_on,
  r.components,
  r.checked,
  round(r.checked / nullif(r.components, 0) * 100, 1) AS checked_share,
  r.leak_from_umol_mol,
  r.leak_from_umol_mol <= l.leak_from_umol_mol AS strict_enough,
  r.leaking,
  round(r.leaking / nullif(r.checked, 0) * 100, 1) AS leaking_share,
  r.repaired_in_time,
  r.repaired_late,
  r.unrepaired,
  round(r.repaired_in_time / nullif(r.leaking, 0) * 100, 1) AS in_time_share,
  l.repair_within_days,
  l.standard || ' ' || l.clause AS clause,
  l.status AS limit_status,
  r.source,
  r.recorded_at
FROM reported AS r
JOIN standards.ldar_limits AS l ON l.area = 'general'
