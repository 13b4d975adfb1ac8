-- one row per check of readings, with the bounds that a value is first held to; from standards.check, standards.factor
-- kind: constant
-- key: check_id
-- Too large a change needs one value so far above the lowest possible one: others are passed over by `high`. A check
-- for a site takes the place of the general ones of its kind and factor: `except_sites` says where.
SELECT c.check_id, c.kind, c.factor, c.site_id, c.low,
  CASE c.kind WHEN 'rate' THEN f.lowest + c.change ELSE c.high END AS high,
  c.change, c.hours, c.other_factor, c.ratio, 60 * c.lead_minutes AS lead_s, c.verdict,
  CASE WHEN c.site_id IS NULL THEN coalesce(
    (SELECT list(s.site_id) FROM standards.check AS s WHERE s.kind = c.kind AND s.factor = c.factor), [])
  END AS except_sites
FROM standards.check AS c
LEFT JOIN standards.factor AS f ON f.factor = c.factor
