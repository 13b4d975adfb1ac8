-- one row per ecological survey, by the last record of it, with its diversity; from base.ecological_survey_recorded
-- kind: view
-- key: survey_id
-- ask ecological_surveys(site_id?): ORDER BY surveyed_on DESC, survey_id
--   Ecological surveys, the latest first, of one water where given.
-- shannon: Shannon's H' with natural logarithms; evenness: Pielou's J, null of fewer than two species.
WITH survey AS (
  FROM last(base.ecological_survey_recorded)
),
counted AS (
  SELECT survey_id, list_filter(counts, lambda n: n > 0) AS present,
    list_sum(list_transform(list_filter(counts, lambda n: n > 0), lambda n: CAST(n AS DOUBLE))) AS individuals
  FROM survey
),
diverse AS (
  SELECT survey_id, len(present) AS richness, individuals,
    -list_sum(list_transform(present, lambda n: n / individuals * ln(n / individuals))) AS shannon
  FROM counted
)
SELECT
  s.survey_id,  -- !
  s.site_id,  -- !
  s.surveyed_on,  -- !
  s.taxon_group,  -- !
  s.species,  -- !
  s.counts,
  s.protected,  -- !
  d.richness,  -- ! How many species were found.
  coalesce(d.individuals, 0) AS individuals,  -- ! How many individuals were counted.
  round(abs(d.shannon), 4) AS shannon,  -- Shannon's H', natural logarithms.
  CASE WHEN d.richness > 1 THEN round(abs(d.shannon) / ln(d.richness), 4) END AS evenness,  -- Pielou's J.
  s.habitat_score,
  s.habitat,
  s.method,  -- !
  s.source,  -- !
  s.recorded_at
FROM survey AS s
JOIN diverse AS d USING (survey_id)
