-- one row per thing that is concluded of a water, or of the district's waters, over a time, with what is to be known to use it; from water.assessment, water.evaluation, water.trophic, water.source_rate, water.class_share, water.sewage_rate, water.section, standards.water_share_indicators, standards.period_words
-- kind: view
-- key: subject_id, what, averaging, starts_at, simulated
-- ask water_conclusions(subject_id?, what?, averaging?, since..until of starts_at): ORDER BY starts_at, subject_id, what, averaging, simulated
--   What is concluded of times that start in [since, until): the value, over what, of how much, and whether that suffices.
WITH registered AS (
  SELECT i.indicator_id, count(*) AS sections, count(*) FILTER (s.source <> 'simulator') AS real_sections FROM water.section AS s
  JOIN standards.water_share_indicators AS i ON list_contains(string_split(i.controls, '|'), s.control) GROUP BY ALL
),
concluded AS (
  SELECT site_id AS subject_id, 'CLASS' AS what, period AS averaging, observed_at AS starts_at,
    CAST(class AS DOUBLE) AS value, '' AS unit, edition, items AS made_of, CAST(NULL AS BIGINT) AS made_of_all, 'ITEM' AS counted,
    true AS suffices, '环办〔2011〕22号: the worst of the items measured' AS clause, reviewed, simulated, recorded_at,
    'waterExplain(siteId: "' || site_id || '", observedAt: "' || strftime(observed_at, '%Y-%m-%dT%H:%M:%SZ') || '", period: "' || period
      || '")' AS why
  FROM water.assessment
  UNION ALL
  SELECT subject_id, 'CLASS_OF_MEANS', span, day_start(starts_on), class, '', edition, months,
    months_of(span), 'MONTH',
    months >= months_of(span), '环办〔2011〕22号', reviewed, simulated, recorded_at,
    'waterEvaluations(subjectId: "' || subject_id || '", span: "' || span || '", since: "' || starts_on || '", until: "' || starts_on || '")'
  FROM water.evaluation
  UNION ALL
  SELECT site_id, 'TROPHIC_INDEX', span, starts_at, tli, '', NULL, coalesce(months, 1),
    coalesce(months_of(span), 1), if(months IS NULL, 'SAMPLING', 'MONTH'),
    coalesce(suffices, true), '总站生字〔2001〕090号', reviewed, simulated, recorded_at,
    'trophicStates(siteId: "' || site_id || '", since: "' || strftime(starts_at, '%Y-%m-%dT%H:%M:%SZ') || '", until: "'
      || strftime(starts_at + INTERVAL 1 SECOND, '%Y-%m-%dT%H:%M:%SZ') || '")'
  FROM water.trophic
  UNION ALL
  SELECT 'indicator-' || c.indicator_id, 'CLASS_SHARE', c.span, day_start(c.starts_on), c.share, '%', NULL, c.sections,
    if(c.simulated, r.sections, r.real_sections), 'SECTION',
    c.sections = if(c.simulated, r.sections, r.real_sections) AND c.months = months_of(c.span),
    'every section in every month', c.reviewed, c.simulated, c.recorded_at,
    'waterClassShares(span: "' || c.span || '", since: "' || c.starts_on || '", until: "' || c.starts_on || '")'
  FROM water.class_share AS c JOIN registered AS r USING (indicator_id)
  UNION ALL
  SELECT 'indicator-17', 'SOURCES_KEEPING', span, day_start(starts_on), share, '%', NULL, months,
    months_of(span), 'MONTH', suffices, 'every source in every month', reviewed,
    simulated, recorded_at,
    'sourceRates(span: "' || span || '", since: "' || starts_on || '", until: "' || starts_on || '")'
  FROM water.source_rate
  UNION ALL
  SELECT 'indicator-18', unnest(['SEWAGE_COLLECTED', 'SEWAGE_TREATED']), 'MONTH', day_start(month),
    unnest([collection_rate, treatment_rate]), '%', NULL, areas, NULL, 'SUBDISTRICT', suffices, 'every subdistrict in use reported',
    false, simulated, NULL, 'sewageRates(since: "' || month || '", until: "' || month || '")'
  FROM water.sewage_rate
)
SELECT
  subject_id,  -- ! public Code of the water, or indicator- and the number of the plan's indicator.
  what,  -- ! public CLASS, 1 to 6, of a sampling; CLASS_OF_MEANS; TROPHIC_INDEX; CLASS_SHARE; SOURCES_KEEPING; SEWAGE_COLLECTED; SEWAGE_TREATED.
  averaging,  -- ! public The sampling's period, MONTH, QUARTER or YEAR: the time that it is concluded of.
  p.name_zh AS averaging_zh,  -- ! public The same in words.
  p.name_en AS averaging_en,  -- ! public The same in words.
  starts_at,  -- ! public Start of that time, UTC.
  CASE averaging WHEN 'MINUTE' THEN starts_at + INTERVAL 1 MINUTE WHEN 'HOUR' THEN starts_at + INTERVAL 1 HOUR
    WHEN 'DAY' THEN starts_at + INTERVAL 1 DAY
    WHEN 'REALTIME' THEN starts_at ELSE day_start(CAST(local_day(starts_at) + to_months(months_of(averaging)) AS DATE)) END AS ends_at,  -- ! public End of that time, UTC.
  CAST(value AS DOUBLE) AS value,  -- public The value; null where nothing can be concluded.
  unit,  -- ! public Its unit; empty of a number without one.
  edition,  -- public The edition of the standard that it is judged by; null where none is dated.
  CAST(made_of AS INTEGER) AS made_of,  -- public Of how many it is made.
  CAST(made_of_all AS INTEGER) AS made_of_all,  -- public Of how many it would be, were nothing missing; null where no number is asked for.
  counted,  -- ! public What made_of counts: ITEM, SAMPLING, MONTH, SECTION or SUBDISTRICT.
  coalesce(suffices, false) AS suffices,  -- ! public Whether what there is suffices for it.
  clause,  -- ! public By which clause it suffices or not.
  coalesce(reviewed, false) AS reviewed,  -- ! public Whether all that it follows from is final; else provisional.
  coalesce(simulated, false) AS simulated,  -- ! public Whether anything that it follows from is a simulator's.
  why,  -- ! public The question to the API that says why.
  recorded_at  -- public When its latest statement was recorded, UTC.
FROM concluded JOIN standards.period_words AS p ON p.period = averaging
