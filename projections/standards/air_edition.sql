-- one row per edition of HJ 633, with where it begins in the scales of standards.air_scale; from standards.air_editions
-- kind: constant
-- key: edition
SELECT edition, applies_from, applies_until, incomplete_above_aqi, clause,
  CAST((row_number() OVER (ORDER BY applies_from) - 1) * (highest_step() + 1) + 1 AS INTEGER) AS base
FROM standards.air_editions
