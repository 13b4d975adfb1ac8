-- one row per edition, report, pollutant and statistic that an AQI is made of, with where it begins in standards.air_scale; from standards.air_report_items, standards.air_editions, standards.factor
-- kind: constant
-- key: edition, report, factor, statistic
SELECT i.report, i.factor, i.statistic, i.edition, e.applies_from,
  coalesce(e.applies_until, DATE 'infinity') AS applies_until, e.incomplete_above_aqi, e.by_design,
  CAST(f.per_unit AS BIGINT) AS per_unit,
  CAST((row_number() OVER (ORDER BY i.report, i.factor, i.statistic, i.edition) - 1) * (highest_step() + 1) + 1
    AS INTEGER) AS base
FROM standards.air_report_items AS i
JOIN standards.air_editions AS e USING (edition)
JOIN standards.factor AS f USING (factor)
