-- one row per month, quarter or year, with the share of drinking-water sources that kept the standard (indicator 17); from water.source_assessment
-- kind: view
-- key: span, starts_on
-- A source keeps the standard in a span where all its samplings in it do.
WITH kept AS (
  SELECT s.span, CAST(date_trunc(lower(s.span), local_day(a.observed_at)) AS DATE) AS starts_on, a.site_id,
    bool_and(a.meets_standard) AS meets_standard, bool_or(a.simulated) AS simulated
  FROM water.source_assessment AS a CROSS JOIN (VALUES ('MONTH'), ('QUARTER'), ('YEAR')) AS s (span)
  GROUP BY ALL
)
SELECT span, starts_on, count(*) AS sources, count(*) FILTER (meets_standard) AS meeting,
  percent(count(*) FILTER (meets_standard), count(*)) AS share, bool_or(simulated) AS simulated
FROM kept
GROUP BY span, starts_on
