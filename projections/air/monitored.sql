-- one row per air station: which of the six pollutants it monitors by design; from base.site, base.station_registered
-- key: site_id
-- A station that does not say what it monitors is held to all six.
SELECT
  site_id,  -- ! public
  if(len(list_intersect(six, factors)) > 0, list_filter(six, lambda each: list_contains(factors, each)), six)
    AS pollutants  -- ! public In alphabetical order.
FROM place(station), (SELECT ['CO', 'NO2', 'O3', 'PM10', 'PM2.5', 'SO2'] AS six)
