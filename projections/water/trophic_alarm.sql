-- one row per rise of a lake's trophic class over the time before, of the same length; from water.trophic
-- kind: view
-- key: site_id, span, starts_at
WITH compared AS (
  SELECT site_id, span, starts_at, tli, class, name_zh, name_en, simulated, recorded_at,
    lag(class) OVER before AS class_before, lag(tli) OVER before AS tli_before
  FROM water.trophic
  WINDOW before AS (PARTITION BY site_id, span ORDER BY starts_at)
)
SELECT site_id, span, starts_at, tli, tli_before, class, class_before, name_zh, name_en, simulated, recorded_at
FROM compared
WHERE class > class_before
