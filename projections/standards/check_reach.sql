-- one row per topic of observations, with how many hours later a value can change what a check says, and whether a reading counts; from standards.check, standards.factor
-- kind: constant
-- key: topic
SELECT 'env1357.' || f.subsystems AS topic, list_distinct(flatten([[0], list(c.hours)])) AS reach,
  list_distinct(flatten([[0], list(c.hours) FILTER (c.verdict = 'INVALID')])) AS bars
FROM standards.factor AS f
LEFT JOIN standards.check AS c ON c.factor = f.factor AND c.kind = 'rate'
GROUP BY f.subsystems
