-- one row per month, quarter or year, real and simulated apart, with the share of drinking-water sources that kept the standard (indicator 17); from water.source_assessment
-- kind: view
-- key: span, starts_on, simulated
-- ask source_rates(since..until of starts_on, span?): ORDER BY starts_on, span, simulated
--   Indicator 17 over months, quarters and years that start in [since, until].
-- A source keeps the standard in a span where all its samplings in it do. Hours and minutes of an automatic station are
-- no samplings of the schedule that the official rate rests on (from-knowledge): they raise alarms, and count for nothing here.
WITH kept AS (
  SELECT s.span, CAST(date_trunc(lower(s.span), local_day(a.observed_at)) AS DATE) AS starts_on, a.site_id,
    bool_and(a.meets_standard) AS meets_standard, count(DISTINCT month(local_day(a.observed_at))) AS months,
    bool_and(a.reviewed) AS reviewed, max(a.recorded_at) AS recorded_at, bool_or(a.simulated) AS simulated
  FROM water.source_assessment AS a CROSS JOIN (VALUES ('MONTH'), ('QUARTER'), ('YEAR')) AS s (span)
  WHERE a.period NOT IN ('HOUR', 'MINUTE')
  GROUP BY ALL
)
SELECT
  span,  -- ! MONTH, QUARTER or YEAR.
  starts_on,  -- ! First day of the month, quarter or year.
  count(*) AS sources,  -- ! How many sources were sampled by schedule.
  count(*) FILTER (meets_standard) AS meeting,  -- ! How many kept the standard in all their samplings.
  percent(count(*) FILTER (meets_standard), count(*)) AS share,  -- Percent, one decimal.
  min(months) AS months,  -- ! The fewest months of the span in which a source was sampled.
  min(months) = months_of(span) AS suffices,  -- ! Whether each source was sampled in every month of the span.
  bool_and(reviewed) AS reviewed,  -- ! Whether all values are final, reviewed ones; else provisional.
  max(recorded_at) AS recorded_at,  -- !
  simulated  -- ! Whether it is made of sources with a simulator's samplings, or of the others.
FROM kept
GROUP BY span, starts_on, simulated
