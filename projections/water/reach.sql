-- one row per node of the water network and node that its water reaches, by the shortest way; from water.connection
-- kind: view
-- key: origin_id, reached_id
-- Along a river, water only goes on downstream of where it came in: leaves_at_km is not before enters_at_km. Where a
-- kilometre or length is not known, the way counts, and the distance is a lower bound (distance_known is false).
WITH RECURSIVE way AS (
  SELECT
    from_id AS origin_id, from_kind AS origin_kind, to_id AS reached_id, to_kind AS reached_kind, enters_at_km,
    coalesce(length_km, 0) AS distance_km,
    length_km IS NOT NULL AS distance_known,
    [from_id, to_id] AS nodes
  FROM water.connection
  WHERE from_id <> to_id
  UNION ALL
  SELECT
    w.origin_id, w.origin_kind, c.to_id, c.to_kind, c.enters_at_km,
    w.distance_km + coalesce(c.length_km, 0)
      + CASE WHEN w.reached_kind = 'river' THEN coalesce(c.leaves_at_km - w.enters_at_km, 0) ELSE 0 END,
    w.distance_known AND c.length_km IS NOT NULL
      AND (w.reached_kind <> 'river' OR (c.leaves_at_km IS NOT NULL AND w.enters_at_km IS NOT NULL)),
    list_append(w.nodes, c.to_id)
  FROM way AS w
  JOIN water.connection AS c ON c.from_id = w.reached_id
  WHERE len(w.nodes) <= 24 AND NOT list_contains(w.nodes, c.to_id)
    AND (w.reached_kind <> 'river' OR coalesce(c.leaves_at_km >= w.enters_at_km, true))
)
SELECT
  origin_id,
  origin_kind,
  reached_id,
  reached_kind,
  len(nodes) - 1 AS steps,
  round(distance_km, 3) AS distance_km,
  distance_known,
  nodes
FROM way
QUALIFY row_number() OVER (PARTITION BY origin_id, reached_id ORDER BY way.distance_km, len(nodes), nodes) = 1
