"""The archive of fine readings: what left the tables, where it is, and what stays of it."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info
from gateway.moments import naive
from projections.past import Scope


@strawberry.type(description="Fine readings of a subsystem's day that left the tables together, for a file.")
class Archive:
    subsystem: str
    day: date = strawberry.field(description="The local day that they are on.")
    part: int = strawberry.field(description="1 first; more where statements came after the first had left.")
    statements: int
    readings: int
    sha256: str = strawberry.field(description="Of what the file says, however it is packed.")
    file: str = strawberry.field(description="Where it is, from the data folder.")
    recorded_at: datetime = strawberry.field(description="When they left.")


@strawberry.type(description="What stays of an hour's fine readings of a factor when they have left the tables.")
class FineHour:
    site_id: str
    factor: str
    period: str = strawberry.field(description="REALTIME or MINUTE.")
    hour_at: datetime = strawberry.field(description="Start of the hour.")
    unit: str | None
    readings: int = strawberry.field(description="How many were stated.")
    counted_readings: int = strawberry.field(description="Of these, how many count.")
    lowest: float | None
    mean: float | None
    highest: float | None


@strawberry.type
class ArchiveQuery:
    @strawberry.field(description="What left the tables, by day; of one subsystem and of days from since to until.")
    def archives(
        self,
        info: Info,
        subsystem: str | None = None,
        since: date | None = None,
        until: date | None = None,
        as_of: datetime | None = None,
    ) -> list[Archive]:
        rest = (
            "WHERE subsystem = coalesce($subsystem, subsystem) AND day >= coalesce($since, day)"
            " AND day <= coalesce($until, day) ORDER BY day, subsystem, part"
        )
        params = {"subsystem": subsystem, "since": since, "until": until}
        return info.context.rows(Archive, "base.history_archived", rest, params, as_of)

    @strawberry.field(description="Hours of a site in [since, until) of which fine readings have left the tables.")
    def fine_hours(
        self, info: Info, site_id: str, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> list[FineHour]:
        rest = "WHERE site_id = $site AND hour_at >= $since AND hour_at < $until ORDER BY hour_at, factor, period"
        params = {"site": site_id, "since": naive(since), "until": naive(until)}
        scope = Scope([site_id], naive(since), naive(until))
        return info.context.rows(FineHour, "monitor.fine_hour", rest, params, as_of, scope)
