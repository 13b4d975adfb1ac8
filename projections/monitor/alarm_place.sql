-- one row per name that people handled an alarm by and span that it stands for by what is known; from monitor.alarm_handling, monitor.episode
-- kind: view
-- key: handled_as, kind, factor
-- A name stands for the span that lasted at the time it names; where a correction took away the beginning, for the next
-- that begins within a day behind it. A span goes by the name that it was handled by: of several that have become one span,
-- by one that is not closed, the last that was touched. Older names are nobody's, so a span keeps the one it makes itself.
WITH placed AS (
  SELECT h.handled_as, h.older, h.status, h.recorded_at, e.kind, e.site_id, e.factor, e.since
  FROM monitor.alarm_handling AS h
  JOIN monitor.episode AS e
    ON e.site_id = h.site_id AND list_contains(h.kinds, e.kind)
    AND (e.factor = h.factor OR h.factor IS NULL AND e.factor <> '')
    AND coalesce(e.cleared_at > h.named_at, true) AND e.since <= h.named_at + INTERVAL 1 DAY
  QUALIFY row_number() OVER (PARTITION BY h.site_id, h.handled_as, e.kind, e.factor
    ORDER BY e.since = h.named_at DESC, e.since) = 1
),
ranked AS (
  SELECT *, row_number() OVER span AS place, first_value(handled_as) OVER span AS first_name, first_value(older) OVER span AS none
  FROM placed
  WINDOW span AS (PARTITION BY site_id, kind, factor, since ORDER BY older, status = 'CLOSED', recorded_at DESC, handled_as)
)
SELECT handled_as, kind, site_id, factor, since, place = 1 AS leads,
  CASE WHEN none THEN kind || '/' || site_id || '/' || factor || '/' || strftime(since, '%Y-%m-%dT%H:%M:%SZ')
    ELSE first_name END AS alarm_id
FROM ranked
