-- one row per vehicle that exceeded a limit by remote sensing or was confirmed as smoky; from air.vehicle_pass, air.smoky_vehicle, air.vehicle_inspection, base.vehicle_measured, base.smoky_vehicle_captured, base.vehicle_inspected, standards.vehicle_rules
-- key: plate, plate_colour
-- affects air.vehicle_pass: SELECT m.plate, m.plate_colour FROM base.vehicle_measured AS m SEMI JOIN changed USING (site_id, record_no)
-- affects air.smoky_vehicle: SELECT m.plate, m.plate_colour FROM base.smoky_vehicle_captured AS m SEMI JOIN changed USING (site_id, record_no)
-- affects air.vehicle_inspection: SELECT m.plate, m.plate_colour FROM base.vehicle_inspected AS m SEMI JOIN changed USING (report_no)
-- ask vehicle_offenders(since..until? of last_at, plate?, repeat_offender?): ORDER BY last_at DESC, plate, plate_colour
--   Vehicles whose last offence was in [since, until), the last first; of a device where given.
--   site_id? VARCHAR: list_contains(site_ids, $site_id); Only those that offended at this device.
-- column met.item: ! The pollutant.
-- column met.met_at: ! When the pass was at which the rule was met, UTC.
-- column met.since: ! The first of the consecutive passes that count.
-- column met.site_id: !
-- column met.record_no: !
-- repeat_offender: the same pollutant exceeded in consecutive valid measurements as often and within as many calendar
-- months as standards.vehicle_rules says; `met` tells for each pollutant the pass at which that was so first.
-- remedied: the last inspection behind the last offence was passed. A plate that was not read is no vehicle.
WITH pass AS (
  SELECT plate, plate_colour, site_id, record_no, passed_at, fuel, exceeded, items, simulated, recorded_at
  FROM air.vehicle_pass SEMI JOIN wanted USING (plate, plate_colour)
  WHERE valid
),
measured AS (
  SELECT plate, plate_colour, site_id, record_no, passed_at, unnest(items) AS i FROM pass
),
counted AS (
  SELECT plate, plate_colour, site_id, record_no, passed_at, i.item AS item, i.exceeds AS exceeds,
    count(*) FILTER (NOT i.exceeds) OVER (PARTITION BY plate, plate_colour, i.item
      ORDER BY passed_at, site_id, record_no) AS stretch
  FROM measured
),
met AS (
  SELECT c.plate, c.plate_colour, c.site_id, c.record_no, c.item, c.passed_at, r.months,
    lag(c.passed_at, r.times - 1) OVER (PARTITION BY c.plate, c.plate_colour, c.item, c.stretch
      ORDER BY c.passed_at, c.site_id, c.record_no) AS since
  FROM counted AS c CROSS JOIN standards.vehicle_rules AS r
  WHERE c.exceeds AND r.rule = 'repeat'
),
first_met AS (
  SELECT plate, plate_colour, item, passed_at, {item: item, met_at: passed_at, since: since, site_id: site_id,
    record_no: record_no} AS met
  FROM met
  WHERE local_day(passed_at) <= local_day(since) + to_months(CAST(months AS INTEGER))
  QUALIFY row_number() OVER (PARTITION BY plate, plate_colour, item ORDER BY passed_at, site_id, record_no) = 1
),
repeated AS (
  SELECT plate, plate_colour, list(met ORDER BY passed_at, item) AS met FROM first_met GROUP BY plate, plate_colour
),
offence AS (
  SELECT plate, plate_colour, site_id, passed_at, exceeded, false AS smoky, simulated, recorded_at FROM pass
  WHERE len(exceeded) > 0
  UNION ALL
  SELECT plate, plate_colour, site_id, passed_at, [], true, simulated, recorded_at
  FROM air.smoky_vehicle SEMI JOIN wanted USING (plate, plate_colour) WHERE state = 'CONFIRMED'
),
vehicle AS (
  SELECT plate, plate_colour, CAST(count(*) FILTER (NOT smoky) AS INTEGER) AS exceeding,
    CAST(count(*) FILTER (smoky) AS INTEGER) AS smoky_confirmed, min(passed_at) AS first_at, max(passed_at) AS last_at,
    list_sort(list_distinct(flatten(list(exceeded)))) AS pollutants, list_sort(list_distinct(list(site_id))) AS site_ids,
    bool_or(simulated) AS simulated, max(recorded_at) AS recorded_at
  FROM offence GROUP BY plate, plate_colour
),
valid AS (
  SELECT plate, plate_colour, CAST(count(*) AS INTEGER) AS passes,
    arg_max(fuel, (passed_at, site_id, record_no)) AS fuel FROM pass GROUP BY plate, plate_colour
),
inspected AS (
  FROM air.vehicle_inspection SEMI JOIN wanted USING (plate, plate_colour)
  QUALIFY row_number() OVER (PARTITION BY plate, plate_colour ORDER BY inspected_on DESC, report_no DESC) = 1
)
SELECT
  v.plate,  -- !
  v.plate_colour,  -- !
  p.fuel,
  coalesce(p.passes, 0) AS valid_passes,  -- ! Its valid passes.
  v.exceeding,  -- ! Valid passes in which a limit was exceeded.
  v.smoky_confirmed,  -- ! Captures as smoky that people confirmed.
  v.first_at,  -- ! The first time, UTC.
  v.last_at,  -- ! The last time, UTC.
  v.pollutants,  -- ! What exceeded a limit.
  v.site_ids,  -- ! Devices that it offended at.
  r.met IS NOT NULL AS repeat_offender,  -- ! One pollutant exceeded in consecutive valid passes, as often and soon as the standard says.
  coalesce(r.met, []) AS met,  -- ! Where the rule was met, by pollutant.
  i.inspected_on,  -- Day of its last regular inspection.
  i.result AS inspection_result,  -- PASS or FAIL.
  coalesce(i.result = 'PASS' AND i.inspected_on > local_day(v.last_at), false) AS remedied,  -- ! Whether it passed an inspection behind its last offence.
  v.simulated,  -- ! Whether anything that it follows from is a simulator's.
  greatest(v.recorded_at, i.recorded_at) AS recorded_at
FROM vehicle AS v
LEFT JOIN valid AS p USING (plate, plate_colour)
LEFT JOIN repeated AS r USING (plate, plate_colour)
LEFT JOIN inspected AS i USING (plate, plate_colour)
