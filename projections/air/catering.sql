-- one row per catering house, with its purifier's last stated state and cleaning, its lapses and exceedances; from base.catering_registered, base.site, base.purifier_cleaned, air.purifier_span, air.purifier_lapse, air.source_exceedance, standards.catering_sizes, standards.catering_rules, standards.discharge_limits
-- kind: view
-- key: site_id
-- ask caterings(): ORDER BY site_id
--   Catering houses; with `cleaningOverdueOn` those whose cleaning was due before that day.
--   cleaning_overdue_on? DATE: cleaning_due_on < $cleaning_overdue_on; Only those whose cleaning was due before that day.
-- Where the size is not registered, the stoves say it (GB 18483-2001 Table 1). cleaning_due_on counts from the last
-- cleaning; whoever asks compares it with a day.
WITH entry AS (
  FROM place(catering)
),
stated AS (
  FROM air.purifier_span QUALIFY row_number() OVER (PARTITION BY catering_id ORDER BY stated_at DESC) = 1
),
cleaned AS (SELECT catering_id, max(cleaned_on) AS cleaned_on FROM base.purifier_cleaned GROUP BY ALL),
lapsed AS (
  SELECT catering_id, CAST(count(*) AS INTEGER) AS lapses, round(sum(hours ORDER BY since), 2) AS lapse_hours
  FROM air.purifier_lapse GROUP BY ALL
),
exceeded AS (
  SELECT source_id, CAST(count(*) AS INTEGER) AS exceedances, max(observed_at) AS last_exceeded_at
  FROM air.source_exceedance WHERE watches = 'CATERING' GROUP BY ALL
),
required AS (
  SELECT z.size, z.stoves_from, z.stoves_below, CAST(l."limit" AS DOUBLE) AS efficiency_percent
  FROM standards.catering_sizes AS z
  JOIN standards.discharge_limits AS l
    ON l.standard = z.standard AND l.scope = z.scope AND l.item_cn = '净化设施最低去除效率'
),
rule AS (SELECT CAST(number AS INTEGER) AS days FROM standards.catering_rules WHERE rule = 'cleaning_every_days')
SELECT
  c.site_id,  -- !
  c.name_zh,  -- !
  c.name_en,  -- !
  z.size,  -- SMALL, MEDIUM or LARGE, as registered or by its stoves.
  c.stoves,
  c.operator,
  c.subdistrict_id,
  c.purifier,  -- Type of the purifier; null where it has none.
  c.purifier_efficiency_percent,
  z.efficiency_percent AS required_efficiency_percent,  -- By GB 18483-2001 for its size.
  c.purifier_efficiency_percent >= z.efficiency_percent AS efficient,  -- Whether the purifier is as efficient as required.
  s.stated_at,  -- When the state of fan and purifier was last stated.
  s.fan_on,
  s.purifier_on,
  greatest(c.last_cleaned_on, k.cleaned_on) AS last_cleaned_on,
  CAST(greatest(c.last_cleaned_on, k.cleaned_on)
    + to_days(least(greatest(coalesce(c.cleaning_every_days, r.days), 1), 36500)) AS DATE) AS cleaning_due_on,  -- When the purifier is to be cleaned next.
  coalesce(p.lapses, 0) AS lapses,  -- ! Spans in which the fan ran and the purifier did not.
  coalesce(p.lapse_hours, 0) AS lapse_hours,  -- ! Hours of these spans together.
  coalesce(e.exceedances, 0) AS exceedances,  -- ! Hours and factors in which a limit was exceeded.
  e.last_exceeded_at,  -- Start of the last hour that exceeded, UTC.
  c.recorded_at,
  c.source  -- !
FROM rule AS r, entry AS c
LEFT JOIN required AS z
  ON z.size = c.size
  OR c.size IS NULL AND c.stoves >= z.stoves_from AND (z.stoves_below IS NULL OR c.stoves < z.stoves_below)
LEFT JOIN stated AS s ON s.catering_id = c.site_id
LEFT JOIN cleaned AS k ON k.catering_id = c.site_id
LEFT JOIN lapsed AS p ON p.catering_id = c.site_id
LEFT JOIN exceeded AS e ON e.source_id = c.site_id
