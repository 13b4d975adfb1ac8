"""Air quality: hours and days, as objects of parallel lists, and each station's latest hour."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import strawberry

from gateway.graphql.context import Context, Info, columns_of
from gateway.moments import naive
from projections.past import Scope

_DAY = timedelta(days=1)
_LONGEST = 24 * 366 * 5


@strawberry.type(description="Hours of a station, oldest first: parallel lists. Null is missing or unusable.")
class AirHours:
    site_id: str
    observed_at: list[datetime] = strawberry.field(description="Start of the hour, UTC.")
    ends_at: list[datetime] = strawberry.field(description="End of the hour, UTC.")
    aqi: list[int | None] = strawberry.field(description="AQI by HJ 633; null where pollutants are missing.")
    level: list[int | None] = strawberry.field(description="1 excellent to 6 severely polluted.")
    primary_pollutants: list[list[str]] = strawberry.field(description="All that tie, where AQI > 50.")
    made_of: list[list[str]] = strawberry.field(description="Pollutants that the AQI is made of.")
    edition: list[str | None] = strawberry.field(description="The edition of HJ 633 in force on that local day.")
    so2_ug_m3: list[float | None]
    no2_ug_m3: list[float | None]
    co_mg_m3: list[float | None]
    o3_ug_m3: list[float | None]
    pm10_ug_m3: list[float | None]
    pm25_ug_m3: list[float | None]
    so2_iaqi: list[int | None] = strawberry.field(description="Individual AQI; null without a valid value.")
    no2_iaqi: list[int | None]
    co_iaqi: list[int | None]
    o3_iaqi: list[int | None]
    pm10_iaqi: list[int | None]
    pm25_iaqi: list[int | None]
    simulated: list[bool | None] = strawberry.field(description="Whether a simulator said any of its readings.")
    reviewed: list[bool | None] = strawberry.field(
        description="Whether all that was said of it is final, reviewed."
    )


@strawberry.type(description="Local days of a station, oldest first: parallel lists. Null is missing or not valid.")
class AirDays:
    site_id: str
    day: list[date]
    aqi: list[int | None] = strawberry.field(description="AQI by HJ 633; null where the day is not valid.")
    level: list[int | None]
    primary_pollutants: list[list[str]]
    made_of: list[list[str]] = strawberry.field(description="Pollutants that the AQI is made of.")
    edition: list[str | None]
    so2_ug_m3: list[float | None]
    no2_ug_m3: list[float | None]
    co_mg_m3: list[float | None]
    o3_8h_ug_m3: list[float | None] = strawberry.field(description="Highest 8-hour mean of the day.")
    pm10_ug_m3: list[float | None]
    pm25_ug_m3: list[float | None]
    so2_iaqi: list[int | None] = strawberry.field(description="Individual AQI; null without a valid value.")
    no2_iaqi: list[int | None]
    co_iaqi: list[int | None]
    o3_iaqi: list[int | None]
    pm10_iaqi: list[int | None]
    pm25_iaqi: list[int | None]
    hours: list[int] = strawberry.field(description="Hours that anything was stated on.")
    simulated: list[bool | None]
    reviewed: list[bool | None] = strawberry.field(description="Whether all its hours are final, reviewed ones.")


@strawberry.type(description="One hour of a station.")
class AirHour:
    site_id: str
    observed_at: datetime = strawberry.field(description="Start of the hour, UTC.")
    ends_at: datetime = strawberry.field(description="End of the hour, UTC.")
    aqi: int | None
    level: int | None
    primary_pollutants: list[str]
    made_of: list[str] = strawberry.field(description="Pollutants that the AQI is made of.")
    edition: str | None
    so2_ug_m3: float | None
    no2_ug_m3: float | None
    co_mg_m3: float | None
    o3_ug_m3: float | None
    pm10_ug_m3: float | None
    pm25_ug_m3: float | None
    so2_iaqi: int | None
    no2_iaqi: int | None
    co_iaqi: int | None
    o3_iaqi: int | None
    pm10_iaqi: int | None
    pm25_iaqi: int | None
    simulated: bool | None
    reviewed: bool | None
    recorded_at: datetime = strawberry.field(description="When its latest statement was recorded, UTC.")


@strawberry.type
class AirQuery:
    @strawberry.field(description="Hours of a station that start in [since, until).")
    def air_hours(
        self, info: Info, site_id: str, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> AirHours:
        names = columns_of(AirHours)
        sql = (
            f"SELECT {names} FROM air.hourly WHERE site_id = $site AND observed_at >= $since"
            f" AND observed_at < $until ORDER BY observed_at LIMIT {_LONGEST}"
        )
        params = {"site": site_id, "since": naive(since), "until": naive(until)}
        scope = Scope([site_id], naive(since), naive(until))
        frame = info.context.frame(sql, params, as_of, scope).drop("site_id")
        return AirHours(site_id=site_id, **frame.to_dict(as_series=False))

    @strawberry.field(description="Local days of a station in [since, until].")
    def air_days(
        self, info: Info, site_id: str, since: date, until: date, as_of: datetime | None = None
    ) -> AirDays:
        sql = (
            f"SELECT {columns_of(AirDays)} FROM air.daily WHERE site_id = $site AND day BETWEEN $since AND $until"
            " ORDER BY day"
        )
        params = {"site": site_id, "since": since, "until": until}
        scope = Scope([site_id], _midnight(since) - _DAY, _midnight(until) + _DAY)
        frame = info.context.frame(sql, params, as_of, scope).drop("site_id")
        return AirDays(site_id=site_id, **frame.to_dict(as_series=False))


def hours_of(context: Context, keys: Sequence[tuple[object, ...]]) -> list[AirHour]:
    """The hours of these keys, site and start, as they are now."""
    rest = (
        "SEMI JOIN (SELECT unnest($sites) AS site_id, unnest($times) AS observed_at) USING (site_id, observed_at)"
        " ORDER BY site_id, observed_at"
    )
    params = {"sites": [key[0] for key in keys], "times": [key[1] for key in keys]}
    return context.rows(AirHour, "air.hourly", rest, params, None)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  as the tables have times
