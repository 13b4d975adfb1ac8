-- one row per device, piece of equipment and aspect (RS state, RT hours), as last stated; from base.equipment_stated
-- key: mn, equipment, aspect
-- affects base.equipment_stated: SELECT mn, unnest(equipment) AS equipment, unnest(aspects) AS aspect FROM changed
-- ask equipment(mn?): ORDER BY mn
--   Equipment as last stated.
WITH said AS (
  SELECT
    mn, site_id, stated_at, recorded_at, source, event_id,
    unnest(equipment) AS equipment, unnest(aspects) AS aspect, unnest("values") AS value
  FROM base.equipment_stated
  SEMI JOIN wanted USING (mn)
)
SELECT
  mn,  -- !
  equipment,  -- !
  aspect,  -- ! RS: state 0 off, 1 running, 2 calibrating, … RT: hours of the day.
  site_id,  -- !
  value,  -- What was stated.
  stated_at,  -- !
  recorded_at,
  source
FROM said
SEMI JOIN wanted USING (mn, equipment, aspect)
QUALIFY row_number() OVER (
  PARTITION BY mn, equipment, aspect ORDER BY stated_at DESC, recorded_at DESC, event_id, value DESC NULLS LAST) = 1
