-- one row per list of scales, of which there is one: the IAQI of every step, item after item; from standards.air_iaqi, standards.air_item
-- kind: constant
-- key: iaqi
-- The IAQI of a step is `iaqi[base + step]`: where one row would be joined for each value, a list is looked into.
SELECT list(q.iaqi ORDER BY i.base, q.step) AS iaqi
FROM standards.air_iaqi AS q
JOIN standards.air_item AS i USING (edition, report, factor, statistic)
