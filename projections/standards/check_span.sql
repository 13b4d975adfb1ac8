-- one row per list of how many hours before a reading those lie that it is held beside, of which there is one; from standards.check
-- kind: constant
-- key: spans
SELECT list_distinct(flatten([[0], list(hours)])) AS spans FROM standards.check WHERE kind = 'rate'
