-- one row per pass of a vehicle by a remote-sensing device, judged; from base.vehicle_measured, standards.vehicle_limits, standards.vehicle_conditions, standards.mark, standards.sentinel
-- key: site_id, record_no
-- ask vehicle_passes(since..until of passed_at, site_id?, plate?): ORDER BY passed_at, site_id, record_no
--   Passes in [since, until), oldest first; of one device or plate, or those beyond a limit or not, where given.
--   exceeding? BOOLEAN: (len(exceeded) > 0) = $exceeding; Whether a limit was exceeded.
-- column items.item: ! What was measured, with its unit.
-- column items.value: ! What was measured.
-- column items.limit_value: ! Its limit, in the same unit.
-- column items.unit: Unit of value and limit.
-- column items.exceeds: ! Whether it is beyond its limit.
-- column items.clause: Where its limit stands.
-- column items.status: ! How well the limit is known.
-- column items.note: What else the standard says of it.
-- valid: the device holds it valid, its mark is usable, and each condition of the standard is known and kept; why_invalid
-- names what is not. Only valid passes of a fuel that has limits are judged: `items` compares what was measured, and
-- `exceeded` names what is above its limit. A sentinel or what is no number is as if it had not been measured.
WITH said AS (
  FROM last(base.vehicle_measured)
),
quantity AS (
  SELECT site_id, record_no, fuel, passed_at, unnest([
    {name: 'speed_km_h', value: speed_km_h}, {name: 'acceleration_m_s2', value: acceleration_m_s2},
    {name: 'vsp_kw_t', value: vsp_kw_t}, {name: 'co_percent', value: co_percent}, {name: 'hc_ppm', value: hc_ppm},
    {name: 'no_ppm', value: no_ppm}, {name: 'opacity_percent', value: opacity_percent},
    {name: 'ringelmann', value: ringelmann}]) AS measured
  FROM said
),
sound AS (
  SELECT q.site_id, q.record_no, q.fuel, q.passed_at, q.measured.name AS item,
    CASE WHEN isfinite(q.measured.value) AND s.value IS NULL THEN q.measured.value END AS amount
  FROM quantity AS q
  LEFT JOIN standards.sentinel AS s ON s.value = q.measured.value
),
unkept AS (
  SELECT s.site_id, s.record_no, list(s.item ORDER BY s.item) AS conditions
  FROM sound AS s
  JOIN standards.vehicle_conditions AS c ON c.fuel = s.fuel AND c.quantity = s.item
  WHERE (s.amount BETWEEN CAST(c.at_least AS DOUBLE) AND CAST(c.at_most AS DOUBLE)) IS NOT TRUE
  GROUP BY s.site_id, s.record_no
),
compared AS (
  SELECT s.site_id, s.record_no, any_value(l.standard) AS basis,
    list({item: s.item, value: s.amount, limit_value: CAST(l."limit" AS DOUBLE), unit: l.unit,
      exceeds: s.amount > CAST(l."limit" AS DOUBLE), clause: l.clause, status: l.status, note: l.note}
      ORDER BY s.item) AS items
  FROM sound AS s
  JOIN standards.vehicle_limits AS l
    ON l.fuel = s.fuel AND l.item = s.item AND local_day(s.passed_at) >= l.in_force_from
    AND local_day(s.passed_at) <= coalesce(TRY_CAST(l.in_force_until AS DATE), DATE '9999-12-31')
  WHERE s.amount IS NOT NULL
  GROUP BY s.site_id, s.record_no
),
checked AS (
  SELECT s.*, c.basis, c.items AS compared_items, list_concat(
    CASE WHEN s.valid THEN [] ELSE ['device'] END, CASE WHEN m.usable THEN [] ELSE ['mark'] END,
    coalesce(u.conditions, [])) AS why_invalid
  FROM said AS s
  LEFT JOIN standards.mark AS m ON coalesce(m.mark, '') = s.mark
  LEFT JOIN unkept AS u USING (site_id, record_no)
  LEFT JOIN compared AS c USING (site_id, record_no)
)
SELECT
  site_id,  -- !
  record_no,  -- !
  passed_at,  -- !
  plate,  -- Null where it could not be read.
  plate_colour,  -- !
  fuel,  -- !
  speed_km_h,
  acceleration_m_s2,  -- m/s².
  vsp_kw_t,  -- Vehicle specific power, kW/t.
  co_percent,
  hc_ppm,
  no_ppm,
  opacity_percent,
  ringelmann,
  mark,
  len(why_invalid) = 0 AS valid,  -- ! By the device, its mark and the standard's conditions.
  why_invalid,  -- ! `device`, `mark`, or conditions that were not kept.
  CASE WHEN len(why_invalid) = 0 THEN compared_items END AS items,  -- ! What has a limit; none of an invalid pass.
  CASE WHEN len(why_invalid) = 0 THEN list_transform(list_filter(coalesce(compared_items, []), lambda x: x.exceeds),
    lambda x: x.item) ELSE [] END AS exceeded,  -- ! Items beyond their limits.
  CASE WHEN len(why_invalid) = 0 THEN basis END AS basis,  -- The standard; null where none has limits for the fuel.
  source = 'simulator' AS simulated,  -- ! Whether anything that it follows from is a simulator's.
  recorded_at
FROM checked
