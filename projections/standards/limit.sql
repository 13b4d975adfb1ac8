-- one row per limit that something measured is held to; from standards.water_class_limit, standards.water_source_limit, standards.discharge_limit, standards.source_limit, standards.air_limits, standards.odour_limits, standards.black_odorous_limits, standards.standard_dates, standards.factor
-- kind: constant
-- key: limit_id
-- Bounds in millionths of the factor's unit; null where there is none. What lies on a bound is not beyond it. The bounds
-- of a grade (BLACK_ODOUR) enclose what is of that grade. limit_id is made of what tells a row from all others, so a row
-- keeps it as long as it says the same. Days in force are local. Of decibels and of a range no multiple is reckoned.
WITH part AS (
  SELECT 'WATER_CLASS' AS family, edition AS standard, 'Table 1' AS clause, factor, water_body_kind AS scope,
    CAST(class AS VARCHAR) AS level, at_least, at_most, printed_limit, status
  FROM standards.water_class_limit
  UNION ALL BY NAME
  SELECT 'DRINKING_WATER' AS family, edition AS standard, limit_table AS clause, factor, water_body_kind AS scope, at_least,
    at_most, printed_limit, status
  FROM standards.water_source_limit
  UNION ALL BY NAME
  SELECT 'DISCHARGE' AS family, standard, clause, factor, scope, level, at_least, at_most, printed_limit, status,
    if(only_daily_means, 'DAY', NULL) AS averaging, warmer_than, at_most_warm, built_from, built_until
  FROM standards.discharge_limit
  UNION ALL BY NAME
  SELECT watches AS family, standard, clause, factor, scope, nullif(level, '') AS level, millionths(limit_value) AS at_most,
    printed_limit, limit_status AS status, 'HOUR' AS averaging, by_default, dust_kinds AS place_kinds, from_hour, until_hour,
    applies_from AS stated_from, applies_until AS stated_until
  FROM standards.source_limit
  UNION ALL BY NAME
  SELECT 'AMBIENT_AIR' AS family, standard, clause, pollutant AS factor, phase AS scope, level, averaging,
    millionths(bound) AS at_most, CAST(bound AS VARCHAR) AS printed_limit, status, "from" AS stated_from, "to" AS stated_until,
    unit AS printed_unit
  FROM (UNPIVOT standards.air_limits ON class_1 AS '1', class_2 AS '2' INTO NAME level VALUE bound)
  UNION ALL BY NAME
  SELECT 'ODOUR' AS family, standard, clause, 'odour_concentration' AS factor, if(existing, 'EXISTING', 'NEW') AS scope,
    boundary_class AS level, millionths("limit") AS at_most, CAST("limit" AS VARCHAR) AS printed_limit, status
  FROM standards.odour_limits
  UNION ALL BY NAME
  SELECT 'BLACK_ODOUR' AS family, regexp_extract(clause, '^.+）') AS standard, clause, factor, grade AS level,
    coalesce(millionths(at_least), millionths(above) + 1) AS at_least,
    coalesce(millionths(at_most), millionths(below) - 1) AS at_most, grade_en AS printed_limit, status
  FROM standards.black_odorous_limits
),
dated AS (
  SELECT p.*, coalesce(replace(replace(p.printed_unit, 'ug/', 'µg/'), '/m3', '/m³'), f.unit) AS unit, nullif(p.at_least, -1) AS lowest,
    nullif(p.at_most, 9000000000000000000) AS highest,
    greatest(d.in_force_from, p.stated_from) AS in_force_from, least(d.in_force_until, p.stated_until) AS in_force_until
  FROM part AS p
  LEFT JOIN standards.factor AS f USING (factor)
  LEFT JOIN standards.standard_dates AS d USING (standard)
)
SELECT
  concat_ws('/', family, standard, scope, level, averaging, factor, '>' || warmer_than || '℃', '<=' || at_most_warm || '℃',
    'built from ' || built_from, 'built until ' || built_until, from_hour || ' to ' || until_hour || ' h') AS limit_id,
  family, standard, clause, factor, unit, scope, level, averaging, lowest AS at_least, highest AS at_most, printed_limit,
  family <> 'BLACK_ODOUR' AND lowest IS NULL AND unit IS DISTINCT FROM 'dB(A)' AS has_multiple,
  coalesce(by_default, false) AS by_default, place_kinds, warmer_than, at_most_warm, built_from, built_until, from_hour,
  until_hour, in_force_from, in_force_until, status
FROM dated
