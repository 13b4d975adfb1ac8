-- Small exact functions that the projections share.

-- The local calendar day of a UTC time: China Standard Time, UTC+8, without daylight saving since 1991.
CREATE MACRO local_day(moment) AS CAST(moment + INTERVAL 8 HOURS AS DATE);

-- Whether periods are so short that their readings may leave the tables for files.
CREATE MACRO is_fine(period) AS period IN ('REALTIME', 'MINUTE');

-- The UTC time at which a local day begins.
CREATE MACRO day_start(day) AS CAST(day AS TIMESTAMP) - INTERVAL 8 HOURS;

-- The first and the last hour of a day of which the bits are set.
CREATE MACRO first_hour(hours) AS CAST(log2(hours & -hours) AS BIGINT);
CREATE MACRO last_hour(hours) AS CAST(floor(log2(hours)) AS BIGINT);

-- In how many spans of so many hours a day has an hour whose bit is set.
CREATE MACRO stated_periods(hours, every_hours) AS
  len(list_filter(range(24 // every_hours), lambda n:
    (hours >> CAST(n * every_hours AS INTEGER)) & ((1 << CAST(every_hours AS INTEGER)) - 1) > 0));

-- Where a statement stands among those on the same thing: reviewed ones above provisional ones, then by the log.
CREATE MACRO standing(reviewed, log_offset) AS CASE WHEN reviewed THEN log_offset + 1152921504606846976 ELSE log_offset END;

-- No quantity that is measured here comes near it, and conclusions reckon with all below it: in millionths, a thousand
-- times as much fits a BIGINT.
CREATE MACRO beyond_measure() AS 1e10;

-- A decimal as reported, in whole ten-thousandths: what casting it to a decimal of four places gives, and as fast for
-- the whole range, since no product of decimals is wider than 18 digits.
CREATE MACRO ten_thousandths(number) AS CAST(round(CAST(number AS DOUBLE) * 1e4) AS BIGINT);

-- numerator / denominator, neither negative, rounded to an integer, halves to even (GB/T 8170-2008 3.2): half a
-- denominator is added before dividing, and a hair less where the quotient is even. What is said once is planned fast.
CREATE MACRO half_even(numerator, denominator) AS
  (2 * numerator + denominator - 1 + numerator // denominator % 2) // (2 * denominator);

-- By how many times a value exceeds its limit, (value - limit) / limit to two decimals; null where it does not.
CREATE MACRO multiple(amount, allowed) AS
  CASE WHEN amount > allowed THEN half_even((amount - allowed) * 100, allowed) / 100 END;

-- A concentration in whole steps of 1/per_unit, as the standard compares it (HJ 633-2026 4.2.2, 4.2.3).
CREATE MACRO steps(concentration, per_unit) AS
  half_even(ten_thousandths(concentration) * per_unit, 10000);

-- The step from which on every scale of air pollutants says the same: above all of their top breakpoints.
CREATE MACRO highest_step() AS 4000;

-- Where a concentration stands on its pollutant's scale: whole µg/m³, tenths of mg/m³ for CO (HJ 633-2026 4.2.2, 4.2.3).
CREATE MACRO scale_step(concentration, per_unit) AS
  CASE WHEN concentration IS NOT NULL THEN least(steps(concentration, per_unit), highest_step()) END;

-- The pollutants whose IAQI is the AQI, where that is above 50 (HJ 633-2012 4.4.2, HJ 633-2026 4.3.1).
CREATE MACRO primary_pollutants(aqi, so2, no2, co, o3, pm10, pm25) AS
  CASE WHEN aqi > 50 THEN list_filter([
    CASE WHEN co = aqi THEN 'CO' END, CASE WHEN no2 = aqi THEN 'NO2' END, CASE WHEN o3 = aqi THEN 'O3' END,
    CASE WHEN pm10 = aqi THEN 'PM10' END, CASE WHEN pm25 = aqi THEN 'PM2.5' END,
    CASE WHEN so2 = aqi THEN 'SO2' END], lambda pollutant: pollutant IS NOT NULL)
  ELSE [] END;

-- The pollutants that an AQI is made of: those that have an IAQI (HJ 633-2026 5.3.2).
CREATE MACRO made_of(aqi, so2, no2, co, o3, pm10, pm25) AS
  CASE WHEN aqi IS NOT NULL THEN list_filter([
    CASE WHEN co IS NOT NULL THEN 'CO' END, CASE WHEN no2 IS NOT NULL THEN 'NO2' END,
    CASE WHEN o3 IS NOT NULL THEN 'O3' END, CASE WHEN pm10 IS NOT NULL THEN 'PM10' END,
    CASE WHEN pm25 IS NOT NULL THEN 'PM2.5' END, CASE WHEN so2 IS NOT NULL THEN 'SO2' END],
    lambda pollutant: pollutant IS NOT NULL)
  ELSE [] END;

-- A quantity in whole millionths, and millionths as a decimal: water is reckoned in these, exactly.
CREATE MACRO millionths(number) AS CAST(round(CAST(number AS DOUBLE) * 1e6) AS BIGINT);
CREATE MACRO from_millionths(count_) AS
  CAST(CAST(count_ AS DECIMAL(24, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS DECIMAL(18, 6));

-- What a reading counts as, in millionths: below the detection limit, half of that limit (环办〔2011〕22号).
CREATE MACRO counted_millionths(number, mark) AS
  CASE WHEN mark = '<' THEN half_even(millionths(number), 2) ELSE millionths(number) END;

-- Millionths rounded to so many decimals, halves to even (GB/T 8170-2008 3.2).
CREATE MACRO rounded_millionths(count_, decimals) AS
  half_even(count_, CAST(10 ** (6 - decimals) AS BIGINT)) * CAST(10 ** (6 - decimals) AS BIGINT);

-- By how many times a limit is exceeded, two decimals, halves to even; null where it is not.
CREATE MACRO exceeded_by(count_, limit_) AS
  CASE WHEN count_ > limit_ AND limit_ > 0
    THEN CAST(CAST(half_even(CAST(count_ - limit_ AS HUGEINT) * 100, limit_) AS DECIMAL(24, 0))
      * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 2)) END;

-- The one comparison with a limit, a row of standards.limit: whether a quantity lies beyond its bounds, all in millionths.
-- What lies on a bound does not; a bound that is null binds nothing.
CREATE MACRO beyond(count_, at_least_, at_most_) AS
  coalesce(count_ < at_least_, false) OR coalesce(count_ > at_most_, false);

-- By how many times a quantity exceeds a limit, where that is reckoned of such a limit.
CREATE MACRO times_beyond(count_, at_most_, has_multiple_) AS
  CASE WHEN has_multiple_ THEN exceeded_by(count_, at_most_) END;

-- Whether a local day lies in the days that a limit is in force.
CREATE MACRO in_force(day_, from_, until_) AS
  coalesce(day_ >= from_, true) AND coalesce(day_ <= until_, true);

-- The mean of so many values whose total is given in millionths, halves to even; below zero too.
CREATE MACRO mean_millionths(total, count_) AS
  CASE WHEN total < 0 THEN -half_even(-total, count_) ELSE half_even(total, count_) END;

-- The mean of a group's amounts of one factor, in millionths. That of pH is the pH of the mean concentration of hydrogen
-- ions (总站水字〔2020〕90号): summed in whole 1e-20 mol/L, so that the order of the sum says nothing.
CREATE MACRO hydrogen_ions(ph) AS CAST(round(10 ** (20 - greatest(least(ph / 1e6, 20), -10))) AS HUGEINT);
CREATE MACRO mean_of(factor, amount) AS
  CASE WHEN any_value(factor) = 'pH'
    THEN CAST(round((20 - log10(sum(CASE WHEN factor = 'pH' THEN hydrogen_ions(amount) END) / count(*))) * 1e6) AS BIGINT)
    ELSE CAST(mean_millionths(sum(amount), count(*)) AS BIGINT) END;

-- A share in percent, one decimal, halves to even; null of nothing.
CREATE MACRO percent(part, whole) AS
  CASE WHEN whole > 0 THEN CAST(half_even(CAST(part AS BIGINT) * 1000, CAST(whole AS BIGINT)) AS DECIMAL(12, 0))
    * CAST(0.1 AS DECIMAL(2, 1)) END;

-- How many months a MONTH, QUARTER or YEAR has.
CREATE MACRO months_of(span) AS CASE span WHEN 'MONTH' THEN 1 WHEN 'QUARTER' THEN 3 WHEN 'YEAR' THEN 12 END;

-- Whether a point lies in an outline of corners given in order: a ray from it crosses an odd number of edges.
CREATE MACRO in_outline(lon, lat, lons, lats) AS
  len(list_filter(range(1, len(lons) + 1), lambda i:
    (lats[i] > lat) <> (lats[i % len(lons) + 1] > lat)
    AND lon < lons[i] + (lons[i % len(lons) + 1] - lons[i]) * (lat - lats[i])
      / nullif(lats[i % len(lons) + 1] - lats[i], 0))) % 2 = 1;

-- The account that carbon coins come from and go to: it alone may owe them.
CREATE MACRO coin_issuer() AS 'issuer';
