-- one row per non-road mobile machine of the register; from base.machinery_registered, base.machinery_inspected, base.machinery_moved, base.machinery_scrapped, base.site, standards.machinery_smoke_limits
-- key: registration_no
-- affects base.site: SELECT m.registration_no FROM base.machinery_moved AS m JOIN changed AS c ON c.site_id = m.place_id
-- ask machinery(kind?, emission_stage?, status?): ORDER BY registration_no
--   Machinery in order of registration numbers, of a kind, stage or status.
-- status is IN_USE or SCRAPPED. within_limits compares the last inspection with the limits of the engine's stage and
-- power; null where no limit is known. place_id, lon and lat say where it entered last and has not left since.
WITH entry AS (
  FROM last(base.machinery_registered)
),
inspected AS (
  FROM base.machinery_inspected SEMI JOIN wanted USING (registration_no)
  QUALIFY row_number() OVER (PARTITION BY registration_no ORDER BY inspected_on DESC, sequence DESC) = 1
),
moved AS (
  FROM last(base.machinery_moved)
),
scrapped AS (
  FROM last(base.machinery_scrapped)
),
limited AS (
  SELECT i.registration_no, i.inspected_on, i.passed, i.inspector, i.recorded_at, l.category, l.standard, l.status,
    CASE WHEN isfinite(i.opacity_m_1) THEN i.opacity_m_1 END AS opacity_m_1,
    CASE WHEN isfinite(i.ringelmann) THEN i.ringelmann END AS ringelmann,
    l.opacity_m_1 AS opacity_limit_m_1, CAST(l.ringelmann AS DOUBLE) AS ringelmann_limit
  FROM inspected AS i
  JOIN entry AS e USING (registration_no)
  LEFT JOIN standards.machinery_smoke_limits AS l ON l.stage = e.emission_stage AND e.fuel = 'DIESEL'
    AND e.power_kw >= coalesce(l.power_from_kw, 0) AND e.power_kw < coalesce(l.power_below_kw, 'infinity'::DOUBLE)
    AND i.inspected_on >= l.in_force_from
)
SELECT
  e.registration_no,  -- ! Environmental registration number (环保登记号码).
  CASE WHEN s.registration_no IS NULL THEN 'IN_USE' ELSE 'SCRAPPED' END AS status,  -- ! IN_USE or SCRAPPED.
  e.kind,  -- !
  e.fuel,  -- !
  CASE WHEN isfinite(e.power_kw) THEN e.power_kw END AS power_kw,
  e.emission_stage,  -- ! BEFORE_I, I to IV, NO_ENGINE or UNKNOWN.
  e.made_on,
  e.model,
  e.machine_code,
  e.serial_no,
  e.plate,
  e.owner,
  e.enterprise_id,
  l.inspected_on,
  l.passed,  -- What the inspector found.
  l.opacity_m_1,  -- Light absorption, 1/m.
  l.ringelmann,
  l.opacity_limit_m_1,  -- 1/m.
  l.ringelmann_limit,  -- The limit of Ringelmann blackness.
  coalesce(l.opacity_m_1 <= l.opacity_limit_m_1, true) AND coalesce(l.ringelmann <= l.ringelmann_limit, true)
    AND CASE WHEN coalesce(l.opacity_m_1, l.ringelmann) IS NOT NULL AND l.standard IS NOT NULL THEN true END
    AS within_limits,  -- The last inspection against the limits of its stage and power; null where none is known.
  l.standard AS basis,  -- The standard that it is judged by.
  l.category AS limit_category,  -- The category whose limits are those of its stage and power.
  l.status AS limit_status,  -- How well the limit is known.
  CASE WHEN m.direction = 'ENTERED' THEN m.place_id END AS place_id,  -- Where it stands; null where that is not known.
  CASE WHEN m.direction = 'ENTERED' AND isfinite(coalesce(m.lon, p.lon)) THEN coalesce(m.lon, p.lon) END AS lon,
  CASE WHEN m.direction = 'ENTERED' AND isfinite(coalesce(m.lat, p.lat)) THEN coalesce(m.lat, p.lat) END AS lat,
  CASE WHEN m.direction = 'ENTERED' THEN m.occurred_at END AS entered_at,  -- When it came to where it stands, UTC.
  s.scrapped_on,
  e.source,  -- !
  greatest(e.recorded_at, l.recorded_at, m.recorded_at, s.recorded_at) AS recorded_at
FROM entry AS e
LEFT JOIN limited AS l USING (registration_no)
LEFT JOIN moved AS m USING (registration_no)
LEFT JOIN base.site AS p ON p.site_id = m.place_id
LEFT JOIN scrapped AS s USING (registration_no)
