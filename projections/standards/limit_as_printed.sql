-- one row per limit that something measured is held to, in its factor's unit and with its dates in force; from standards.limit
-- kind: view
-- key: limit_id
-- ask limits(family?, factor?, standard?): ORDER BY limit_id
--   Limits by what they judge, as results name them; with `on` those in force on that local day.
--   on? DATE: in_force($on, in_force_from, in_force_until); Only those in force on that day.
SELECT
  limit_id,  -- ! public Names the row: what it judged says so.
  family,  -- ! public WATER_CLASS, DRINKING_WATER, DISCHARGE, STACK, DUST_SOURCE, CATERING, AMBIENT_AIR, ODOUR or BLACK_ODOUR.
  standard,  -- ! public The standard, with its edition.
  clause,  -- public Where in the standard it stands.
  factor,  -- ! public Code of the factor, as in standards/factor.csv.
  unit,  -- public Unit of the bounds; null where there is none.
  scope,  -- public What it holds for: kind of water body, of works, of boiler, phase.
  level,  -- public Class, level or grade.
  averaging,  -- public What values it holds for: HOUR, DAY, or as GB 3095 says it; null where for every sampling.
  at_least / 1e6 AS lower_bound,  -- public What is below is beyond the limit; null where there is no such bound.
  at_most / 1e6 AS upper_bound,  -- public What is above is beyond the limit; null where there is no such bound.
  printed_limit,  -- ! public As the standard prints it.
  has_multiple,  -- ! public Whether it is told by how many times it is exceeded: not of decibels, pH, or what may not fall below.
  place_kinds,  -- public Kinds of dust sources that it holds for; null where for all.
  warmer_than,  -- public Holds for water warmer than this, °C.
  at_most_warm,  -- public Holds for water up to this, °C.
  built_from,  -- public Holds for works built from this day on.
  built_until,  -- public Holds for works built until this day.
  from_hour,  -- public First local hour of the day that it holds in.
  until_hour,  -- public Local hour of the day that it ends with.
  in_force_from,  -- ! public First local day in force.
  in_force_until,  -- public Last local day in force; null while it is.
  status  -- ! public How well it is known: verified, from-knowledge, and what is to be said of it.
FROM standards.limit
