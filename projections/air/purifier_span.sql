-- one row per statement on a catering house's fan and purifier, with how long it holds; from base.purifier_stated, standards.catering_rules
-- kind: view
-- key: catering_id, stated_at
-- It holds until the next statement, and no longer than the rule says: after that the state is not known.
WITH last_word AS (
  FROM base.purifier_stated
  QUALIFY row_number() OVER (PARTITION BY catering_id, stated_at ORDER BY sequence DESC, event_id) = 1
)
SELECT
  catering_id,
  stated_at,
  least(
    lead(stated_at) OVER (PARTITION BY catering_id ORDER BY stated_at),
    stated_at + to_hours(CAST(r.number AS INTEGER))
  ) AS holds_until,
  fan_on,
  purifier_on,
  s.source = 'simulator' AS simulated,
  s.recorded_at
FROM last_word AS s
JOIN standards.catering_rules AS r ON r.rule = 'statement_holds_hours'
