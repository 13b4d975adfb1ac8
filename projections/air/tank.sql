-- one row per tank of volatile organic liquid, with the requirement that applies to it; from base.tank_registered, air.tank_inspection, standards.voc_tank_requirements, standards.voc_tank_ways
-- kind: view
-- key: tank_id
-- ask tanks(enterprise_id?, meets?): ORDER BY tank_id
--   Tanks in order of their codes; with `meets: false` those below the requirement.
-- requirement is NONE where the standard asks for nothing, null where the vapour pressure that decides is not known.
-- meets is null where what is not known decides; met_by names the ways in which it meets what applies.
WITH tank AS (
  FROM last(base.tank_registered)
),
applied AS (
  SELECT t.tank_id, r.requirement, r.standard, r.clause, r.status
  FROM tank AS t
  JOIN standards.voc_tank_requirements AS r
    ON t.vapour_pressure_kpa >= r.vapour_pressure_from_kpa AND t.volume_m3 >= r.volume_from_m3
    AND (r.vapour_pressure_below_kpa IS NULL OR t.vapour_pressure_kpa < r.vapour_pressure_below_kpa)
),
tried AS (
  SELECT a.tank_id, w.way, (w.kind IS NULL OR t.kind = w.kind) AND (w.seal IS NULL OR t.seal = w.seal)
    AND (NOT w.secondary_seal OR t.secondary_seal)
    AND (w.vapour_treatment IS NULL OR t.vapour_treatment = w.vapour_treatment)
    AND (w.efficiency_from_percent IS NULL OR t.treatment_efficiency_percent >= w.efficiency_from_percent) AS fits
  FROM applied AS a
  JOIN tank AS t USING (tank_id)
  JOIN standards.voc_tank_ways AS w USING (requirement)
),
judged AS (
  SELECT tank_id, coalesce(list(DISTINCT way ORDER BY way) FILTER (fits), []) AS met_by,
    CASE WHEN bool_or(coalesce(fits, false)) THEN true WHEN bool_or(fits IS NULL) THEN NULL ELSE false END AS meets
  FROM tried
  GROUP BY tank_id
),
undecided AS (
  SELECT tank_id FROM tank
  WHERE vapour_pressure_kpa IS NULL AND volume_m3 >= (SELECT min(volume_from_m3) FROM standards.voc_tank_requirements)
),
inspected AS (
  SELECT tank_id, max(inspected_on) AS inspected_on, arg_max(leak_umol_mol, (inspected_on, inspection_id)) AS leak_umol_mol,
    CAST(count(*) FILTER (state = 'OPEN') AS INTEGER) AS open_problems, min(due_on) FILTER (state = 'OPEN') AS due_on
  FROM air.tank_inspection
  GROUP BY tank_id
)
SELECT
  t.tank_id,  -- !
  t.enterprise_id,  -- !
  t.content,  -- !
  t.volume_m3,  -- !
  t.vapour_pressure_kpa,  -- True vapour pressure (真实蒸气压).
  t.kind,  -- ! FIXED_ROOF, INTERNAL_FLOATING, EXTERNAL_FLOATING or PRESSURE.
  t.seal,  -- LIQUID_MOUNTED, MECHANICAL_SHOE or OTHER.
  t.secondary_seal,
  t.vapour_treatment,  -- NONE, TREATED, BALANCED or EQUIVALENT.
  t.treatment_efficiency_percent,
  CASE WHEN u.tank_id IS NULL THEN coalesce(a.requirement, 'NONE') END AS requirement,  -- PRESSURE_TANK, FLOATING_ROOF_OR_TREATMENT or NONE; null where it is not known which.
  a.standard || ' ' || a.clause AS clause,  -- Where the requirement stands.
  a.status AS requirement_status,  -- How well the requirement is known.
  CASE WHEN a.tank_id IS NULL THEN CASE WHEN u.tank_id IS NULL THEN true END ELSE j.meets END AS meets,  -- Whether it meets the requirement; null where what is not known decides.
  coalesce(j.met_by, []) AS met_by,  -- ! The ways in which it meets the requirement.
  i.inspected_on,
  i.leak_umol_mol,  -- The last reading of a leak detector, µmol/mol.
  coalesce(i.open_problems, 0) AS open_problems,  -- ! How many problems that inspections found are not solved.
  i.due_on,  -- When the first of its open problems is to be solved.
  t.source,  -- !
  t.recorded_at
FROM tank AS t
LEFT JOIN applied AS a USING (tank_id)
LEFT JOIN judged AS j USING (tank_id)
LEFT JOIN undecided AS u USING (tank_id)
LEFT JOIN inspected AS i USING (tank_id)
