"""Patterns of air pollution: roses, the course of a day and a week, and how PM2.5 and ozone go together."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

from gateway.graphql.context import Info, rows_as
from gateway.moments import naive
from projections.past import Scope

_COLUMNS = {
    "SO2": "so2_ug_m3", "NO2": "no2_ug_m3", "CO": "co_mg_m3", "O3": "o3_ug_m3", "PM10": "pm10_ug_m3",
    "PM2.5": "pm25_ug_m3",
}  # fmt: skip
_CALM_M_S = 0.3
"""Below it a wind has no direction (GB/T 28591-2012, force 0)."""

_LEAST_DAYS = 10
"""Of fewer pairs a correlation below 0.63 can't be told from none (5 %, two-sided), so none is said."""

_HOURS = "FROM air.hourly AS h WHERE h.site_id = $site AND h.observed_at >= $since AND h.observed_at < $until"


@strawberry.enum(description="A pollutant of the AQI.")
class Pollutant(Enum):
    SO2 = "SO2"
    NO2 = "NO2"
    CO = "CO"
    O3 = "O3"
    PM10 = "PM10"
    PM25 = "PM2.5"


@strawberry.type(description="Hours with the wind from one sector.")
class RoseSector:
    direction_deg: float = strawberry.field(description="Middle of the sector, degrees from north; calm has none.")
    hours: int
    share: float = strawberry.field(description="Percent of the hours with a wind direction, or calm.")
    mean_speed_m_s: float
    mean: float | None = strawberry.field(description="Mean of the pollutant in these hours; null where none.")


@strawberry.type(description="Wind and pollution rose of a station over a time.")
class AirRose:
    site_id: str
    pollutant: str
    calm_hours: int = strawberry.field(description="Hours with a wind below 0.3 m/s, which have no direction.")
    calm_mean: float | None
    simulated: bool
    sectors: list[RoseSector]


@strawberry.type(description="Means by the local hour of the day or the day of the week: parallel lists.")
class AirPattern:
    site_id: str
    pollutant: str
    key: list[int] = strawberry.field(description="Hour 0 to 23, or ISO weekday 1 (Monday) to 7.")
    hours: list[int]
    mean: list[float]
    highest: list[float]
    simulated: bool


@strawberry.type(description="How a station's daily PM2.5 and highest 8-hour mean of ozone go together.")
class AirRelation:
    site_id: str
    days: int = strawberry.field(description="Days with both, which it is made of.")
    days_of: int = strawberry.field(description="Local days that start in the time asked for.")
    suffices: bool = strawberry.field(
        description="Whether ten days or more have both: fewer say nothing of how the two go together."
    )
    correlation: float | None = strawberry.field(description="Pearson's; null where the days don't suffice.")
    slope: float | None = strawberry.field(
        description="µg/m³ of ozone for each µg/m³ of PM2.5, least squares; null where the days don't suffice."
    )
    both_high: int = strawberry.field(description="Days on which both exceed class II of GB 3095.")
    simulated: bool = strawberry.field(description="Whether any of the days follows from a simulator's values.")


_ROSE = """
WITH hour AS (
  SELECT w.wind_speed_m_s AS speed, w.wind_direction_deg AS direction, h.{column} AS value, h.simulated
  FROM air.weather AS w JOIN air.hourly AS h USING (site_id, observed_at)
  WHERE w.site_id = $site AND w.observed_at >= $since AND w.observed_at < $until
    AND h.site_id = $site AND w.wind_speed_m_s IS NOT NULL
    AND (w.wind_direction_deg IS NOT NULL OR w.wind_speed_m_s < $calm)
)
SELECT CASE WHEN speed >= $calm THEN CAST(round(direction / (360.0 / $sectors)) AS BIGINT) % $sectors END AS sector,
  count(*) AS hours, 100.0 * count(*) / sum(count(*)) OVER () AS share, avg(speed) AS speed, avg(value) AS mean,
  coalesce(bool_or(simulated), false) AS simulated
FROM hour GROUP BY 1 ORDER BY 1
"""

_RELATION = """
SELECT $site AS site_id, count(*) AS days, count(*) >= $least AS suffices,
  date_diff('day', local_day($since - INTERVAL 1 MICROSECOND), local_day($until - INTERVAL 1 MICROSECOND))
    AS days_of,
  CASE WHEN count(*) >= $least THEN corr(d.o3_8h_ug_m3, d.pm25_ug_m3) END AS correlation,
  CASE WHEN count(*) >= $least THEN regr_slope(d.o3_8h_ug_m3, d.pm25_ug_m3) END AS slope,
  coalesce(bool_or(d.simulated), false) AS simulated,
  count(*) FILTER (beyond(millionths(d.o3_8h_ug_m3), o.at_least, o.at_most)
    AND beyond(millionths(d.pm25_ug_m3), p.at_least, p.at_most)) AS both_high
FROM air.daily AS d
LEFT JOIN standards.limit AS o ON o.family = 'AMBIENT_AIR' AND o.level = '2' AND o.factor = 'O3'
  AND o.averaging = 'daily max 8h' AND in_force(d.day, o.in_force_from, o.in_force_until)
LEFT JOIN standards.limit AS p ON p.family = 'AMBIENT_AIR' AND p.level = '2' AND p.factor = 'PM2.5'
  AND p.averaging = 'daily' AND in_force(d.day, p.in_force_from, p.in_force_until)
WHERE d.site_id = $site AND day_start(d.day) >= $since AND day_start(d.day) < $until
  AND d.o3_8h_ug_m3 IS NOT NULL AND d.pm25_ug_m3 IS NOT NULL
"""


@strawberry.type
class AirPatternQuery:
    @strawberry.field(description="Wind and pollution rose of hours that start in [since, until).")
    def air_rose(
        self,
        info: Info,
        site_id: str,
        pollutant: Pollutant,
        since: datetime,
        until: datetime,
        sectors: int = 16,
        as_of: datetime | None = None,
    ) -> AirRose:
        count = max(4, min(sectors, 72))
        times = {"since": naive(since), "until": naive(until)}
        params = {"site": site_id, **times, "sectors": count, "calm": _CALM_M_S}
        sql = _ROSE.format(column=_COLUMNS[pollutant.value])
        scope = Scope([site_id], naive(since), naive(until))
        rows = rows_as(dict, info.context.frame(sql, params, as_of, scope))
        width, calm = 360 / count, [row for row in rows if row["sector"] is None]
        return AirRose(
            site_id=site_id,
            pollutant=pollutant.value,
            calm_hours=sum(row["hours"] for row in calm),
            calm_mean=calm[0]["mean"] if calm else None,
            simulated=any(row["simulated"] for row in rows),
            sectors=[
                RoseSector(
                    direction_deg=row["sector"] * width,
                    hours=row["hours"],
                    share=row["share"],
                    mean_speed_m_s=row["speed"],
                    mean=row["mean"],
                )
                for row in rows
                if row["sector"] is not None
            ],
        )

    @strawberry.field(description="The course of a day: means by the local hour that the hours start in.")
    def air_diurnal(
        self,
        info: Info,
        site_id: str,
        pollutant: Pollutant,
        since: datetime,
        until: datetime,
        as_of: datetime | None = None,
    ) -> AirPattern:
        hours = Hours(site_id, naive(since), naive(until), as_of)
        return _pattern(info, "hour(h.observed_at + INTERVAL 8 HOURS)", pollutant, hours)

    @strawberry.field(description="The course of a week: means by the local day of the week.")
    def air_weekly(
        self,
        info: Info,
        site_id: str,
        pollutant: Pollutant,
        since: datetime,
        until: datetime,
        as_of: datetime | None = None,
    ) -> AirPattern:
        hours = Hours(site_id, naive(since), naive(until), as_of)
        return _pattern(info, "isodow(local_day(h.observed_at))", pollutant, hours)

    @strawberry.field(description="How PM2.5 and ozone go together on days that start in [since, until).")
    def air_relation(
        self, info: Info, site_id: str, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> AirRelation:
        hours = Hours(site_id, naive(since), naive(until), as_of)
        params = {**hours.params(), "least": _LEAST_DAYS}
        return rows_as(AirRelation, info.context.frame(_RELATION, params, as_of, hours.scope()))[0]


@dataclass(frozen=True)
class Hours:
    """The hours of a station that start in [since, until), UTC, as known at a moment."""

    site_id: str
    since: datetime
    until: datetime
    as_of: datetime | None

    def params(self) -> dict[str, Any]:
        return {"site": self.site_id, "since": self.since, "until": self.until}

    def scope(self) -> Scope:
        return Scope([self.site_id], self.since, self.until)


def _pattern(info: Info, key: str, pollutant: Pollutant, hours: Hours) -> AirPattern:
    value = f"h.{_COLUMNS[pollutant.value]}"
    sql = (
        f"SELECT CAST({key} AS INTEGER) AS key, count(*) AS hours, avg({value}) AS mean, max({value}) AS highest,"
        f" bool_or(h.simulated) AS simulated {_HOURS} AND {value} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    frame = info.context.frame(sql, hours.params(), hours.as_of, hours.scope())
    simulated = bool(frame["simulated"].any())
    return AirPattern(
        site_id=hours.site_id,
        pollutant=pollutant.value,
        simulated=simulated,
        **frame.drop("simulated").to_dict(as_series=False),
    )
