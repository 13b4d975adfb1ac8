-- one row per factor that runs of one value are looked for, with the hours of a part of a day that any of them covers; from standards.stuck_check
-- kind: constant
-- key: factor
SELECT DISTINCT factor, part FROM standards.stuck_check
