-- one row per thing that is concluded of a station's or area's air over a time, with what is to be known to use it; from air.hourly, air.daily, air.evaluation, air.monitored, standards.air_editions, standards.period_words
-- kind: view
-- key: subject_id, what, averaging, starts_at
-- ask air_conclusions(subject_id?, what?, averaging?, since..until of starts_at): ORDER BY starts_at, subject_id, what, averaging
--   What is concluded of times that start in [since, until): the value, over what, of how much, and whether that suffices.
WITH whole AS (  -- how many pollutants a station's AQI is made of where none is missing
  SELECT site_id, len(pollutants) AS pollutants FROM air.monitored
),
judged AS (
  SELECT site_id AS subject_id, 'HOUR' AS averaging, observed_at AS starts_at, ends_at, aqi, edition, made_of, reviewed, simulated,
    recorded_at, 'airExplain(siteId: "' || site_id || '", observedAt: "' || strftime(observed_at, '%Y-%m-%dT%H:%M:%SZ') || '")' AS why
  FROM air.hourly
  UNION ALL
  SELECT site_id, 'DAY', day_start(day), day_start(day + 1), aqi, edition, made_of, reviewed, simulated, recorded_at,
    'airDayExplain(siteId: "' || site_id || '", day: "' || day || '")'
  FROM air.daily
),
evaluated AS (
  SELECT scope_id AS subject_id, period AS averaging, day_start(starts_on) AS starts_at,
    day_start(CAST(starts_on + to_months(months_of(period)) AS DATE)) AS ends_at,
    unnest([
      {what: 'GOOD_DAYS', value: CAST(good_share AS DOUBLE), unit: '%'},
      {what: 'COMPOSITE_INDEX', value: CAST(composite_index AS DOUBLE), unit: ''},
      {what: 'PM25_MEAN', value: CAST(pm25_mean AS DOUBLE), unit: 'µg/m³'}
    ], recursive := true),
    edition, valid_days, date_diff('day', starts_on, CAST(starts_on + to_months(months_of(period)) AS DATE)) AS days,
    valid, reviewed, simulated, recorded_at,
    'airEvaluations(scopeId: "' || scope_id || '", period: ' || period || ', since: "' || starts_on || '", until: "' || starts_on
      || '")' AS why
  FROM air.evaluation
),
concluded AS (
  SELECT j.subject_id, 'AQI' AS what, j.averaging, j.starts_at, j.ends_at, CAST(j.aqi AS DOUBLE) AS value, '' AS unit, j.edition,
    len(j.made_of) AS made_of, CASE WHEN e.by_design THEN coalesce(w.pollutants, 6) ELSE 6 END AS made_of_all,
    'POLLUTANT' AS counted, j.aqi IS NOT NULL AS suffices, coalesce(e.clause, 'HJ 633') AS clause, j.reviewed, j.simulated, j.why,
    j.recorded_at
  FROM judged AS j
  LEFT JOIN standards.air_editions AS e USING (edition)
  LEFT JOIN whole AS w ON w.site_id = j.subject_id
  UNION ALL
  SELECT subject_id, what, averaging, starts_at, ends_at, value, unit, edition, valid_days, days, 'DAY', valid,
    'GB 3095 Table 4; HJ 663', reviewed, simulated, why, recorded_at
  FROM evaluated
)
SELECT
  subject_id,  -- ! public Code of the station or area.
  what,  -- ! public AQI; GOOD_DAYS, share of days with an AQI of 100 or less; COMPOSITE_INDEX; PM25_MEAN.
  averaging,  -- ! public HOUR, DAY, MONTH or YEAR: the time that it is concluded of.
  p.name_zh AS averaging_zh,  -- ! public The same in words.
  p.name_en AS averaging_en,  -- ! public The same in words.
  starts_at,  -- ! public Start of that time, UTC.
  ends_at,  -- ! public End of that time, UTC.
  value,  -- public The value; null where nothing can be concluded.
  unit,  -- ! public Its unit; empty of a number without one.
  edition,  -- public The edition of the standard that it is judged by.
  CAST(made_of AS INTEGER) AS made_of,  -- ! public Of how many it is made.
  CAST(made_of_all AS INTEGER) AS made_of_all,  -- ! public Of how many it would be, were nothing missing.
  counted,  -- ! public What made_of counts: POLLUTANT or DAY.
  coalesce(suffices, false) AS suffices,  -- ! public Whether what there is suffices for it.
  clause,  -- ! public By which clause it suffices or not.
  coalesce(reviewed, false) AS reviewed,  -- ! public Whether all that it follows from is final; else provisional.
  coalesce(simulated, false) AS simulated,  -- ! public Whether anything that it follows from is a simulator's.
  why,  -- ! public The question to the API that says why.
  recorded_at  -- ! public When its latest statement was recorded, UTC.
FROM concluded JOIN standards.period_words AS p ON p.period = averaging
