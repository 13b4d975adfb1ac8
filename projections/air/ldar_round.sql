-- one row per round of leak detection and repair, by the last report on it; from base.ldar_round_reported, standards.ldar_limits
-- kind: view
-- key: round_id
-- ask ldar_rounds(enterprise_id?): ORDER BY ended_on DESC, round_id
--   Rounds of leak detection and repair, the latest first, of one enterprise where given.
-- Shares in percent, one decimal, halves to even. strict_enough: whether points were counted as leaking from the standard's reading on, or
-- from a lower one; the limit for key regions is not asked for here.
WITH reported AS (
  FROM last(base.ldar_round_reported)
)
SELECT
  r.round_id,  -- !
  r.enterprise_id,  -- !
  r.begun_on,  -- !
  r.ended_on,  -- !
  r.components,  -- ! Sealing points (密封点) that there are.
  r.checked,  -- !
  round_even(r.checked / nullif(r.components, 0) * 100, 1) AS checked_share,  -- Percent of the points.
  r.leak_from_umol_mol,  -- ! Reading from which on a point was leaking, µmol/mol.
  r.leak_from_umol_mol <= l.leak_from_umol_mol AS strict_enough,  -- ! Whether that is not above the standard's reading.
  r.leaking,  -- !
  round_even(r.leaking / nullif(r.checked, 0) * 100, 1) AS leaking_share,  -- Percent of those checked.
  r.repaired_in_time,  -- !
  r.repaired_late,  -- !
  r.unrepaired,  -- !
  round_even(r.repaired_in_time / nullif(r.leaking, 0) * 100, 1) AS in_time_share,  -- Percent of those leaking.
  l.repair_within_days,  -- ! The days that the standard gives.
  l.standard || ' ' || l.clause AS clause,  -- ! Where the rule or limit stands.
  l.status AS limit_status,  -- ! How well the limits are known.
  r.source,  -- !
  r.recorded_at
FROM reported AS r
JOIN standards.ldar_limits AS l ON l.area = 'general'
