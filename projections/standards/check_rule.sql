-- one row per check of single readings, with the bounds that a value is first held to; from standards.check, standards.factor
-- kind: constant
-- key: check_id
-- Values within low and high are passed over: too large a change needs one so far above the lowest possible value, and
-- none is within where another factor decides. shifts says by how many hours the other reading is apart. A check for
-- a site takes the place of the general ones of its kind and factor: `except_sites` says where.
SELECT c.check_id, c.kind, c.factor, c.site_id, CAST(c.low AS DOUBLE) AS low,
  CASE c.kind WHEN 'rate' THEN f.lowest + c.change WHEN 'cross' THEN CAST('-infinity' AS DOUBLE)
    ELSE c.high END AS high,
  c.change, c.hours, if(c.kind = 'rate', [c.hours, -c.hours], [0]) AS shifts,
  coalesce(c.other_factor, c.factor) AS other_factor, c.ratio, 60 * c.lead_minutes AS lead_s, c.verdict,
  CASE WHEN c.site_id IS NULL THEN coalesce(
    (SELECT list(s.site_id) FROM standards.check AS s WHERE s.kind = c.kind AND s.factor = c.factor), [])
  END AS except_sites
FROM standards.check AS c
LEFT JOIN standards.factor AS f ON f.factor = c.factor
WHERE c.kind <> 'stuck'
