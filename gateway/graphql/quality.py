"""The quality of data: marks on readings, how well sites transmit, and alarms."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info, naive
from projections.past import Scope


@strawberry.type(description="A mark on a reading, by the device itself, a check or a reviewer.")
class Mark:
    site_id: str
    factor: str
    period: str
    observed_at: datetime = strawberry.field(description="Start of the period, UTC.")
    marked_by: str = strawberry.field(description="DEVICE, CHECK or REVIEWER.")
    mark: str = strawberry.field(description="The device's mark, the check or the review.")
    verdict: str = strawberry.field(
        description="INVALID: enters no conclusion. SUSPECT, VALID, NOTED: it does, where nothing else bars it."
    )
    value: float | None
    other_value: float | None = strawberry.field(description="What a check compared it with.")
    reason: str | None
    author: str | None = strawberry.field(description="Who marked it; null for checks.")
    marked_at: datetime | None = strawberry.field(description="When, UTC; null for checks, which are recomputed.")


@strawberry.type(
    description="How well a site, or a sender there, transmitted on a local day, by the periods expected."
)
class Transmission:
    site_id: str
    source: str | None = strawberry.field(
        description="Who stated it, `hj212:<MN>` for a device; null for the site, whoever stated it."
    )
    day: date
    period: str
    expected_periods: int
    stated_periods: int
    transmission_rate: float = strawberry.field(description="Periods stated of periods expected, 0 to 1.")
    readings: int
    valid_readings: int
    validity_rate: float | None = strawberry.field(description="Readings that count of readings stated, 0 to 1.")
    offline_hours: int = strawberry.field(description="Hours of expected periods that nothing was stated on.")
    last_heard_at: datetime | None


@strawberry.type(description="An alarm: a site is silent, a reading is stuck or a limit is exceeded. Times UTC.")
class Alarm:
    alarm_id: str
    kind: str = strawberry.field(description="OFFLINE, STUCK or EXCEEDANCE.")
    site_id: str
    factor: str | None
    since: datetime = strawberry.field(description="When what it is about began.")
    raised_at: datetime
    cleared_at: datetime | None = strawberry.field(description="When it was over; null while it is not.")
    said: str = strawberry.field(description="What was found.")
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    action: str | None = strawberry.field(description="What was done about it.")


def _days_of(sites: str) -> dict[str, str]:
    """What transmission on the local days from $since to $until is made of, of the sites that a condition says."""
    days = f"day BETWEEN $since AND $until AND {sites}"
    times = f"observed_at >= day_start($since) AND observed_at < day_start($until) + INTERVAL 1 DAY AND {sites}"
    within = "greatest(first_day, $since) AS first_day, least(last_day, $until) AS last_day"
    return {
        "monitor.heard": f"FROM monitor.heard WHERE {days}",
        "monitor.heard_span": f"SELECT * REPLACE ({within}) FROM monitor.heard_span WHERE {sites}",
        "base.reading": f"FROM base.reading WHERE {days}",
        "base.barred": f"FROM base.barred WHERE {times}",
    }


@strawberry.type
class QualityQuery:
    @strawberry.field(description="Marks on a site's readings of periods that start in [since, until).")
    def marks(
        self, info: Info, site_id: str, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> list[Mark]:
        rest = (
            "WHERE site_id = $site AND observed_at >= $since"
            " AND observed_at < $until ORDER BY observed_at, factor, marked_by, mark"
        )
        params = {"site": site_id, "since": naive(since), "until": naive(until)}
        scope = Scope([site_id], naive(since), naive(until))
        return info.context.rows(Mark, "monitor.mark", rest, params, as_of, scope)

    @strawberry.field(
        description="Transmission of the sites, or one of them, on local days in [since, until]; or of each sender."
    )
    def transmission(
        self, info: Info, since: date, until: date, site_id: str | None = None, by_source: bool = False
    ) -> list[Transmission]:
        rest = (
            "WHERE day BETWEEN $since AND $until AND site_id = coalesce($site, site_id)"
            " AND (source IS NOT NULL) = $by_source ORDER BY day, site_id, source"
        )
        params = {"site": site_id, "since": since, "until": until, "by_source": by_source}
        narrower = _days_of("site_id = $site" if site_id else "true")
        return info.context.rows(Transmission, "monitor.transmission", rest, params, None, None, narrower)

    @strawberry.field(description="Alarms raised by the time `at`, the latest first; those open then, or all.")
    def alarms(
        self, info: Info, at: datetime, site_id: str | None = None, cleared: bool = False, limit: int = 100
    ) -> list[Alarm]:
        rest = (
            "WHERE raised_at <= $at"
            " AND ($cleared OR cleared_at IS NULL OR cleared_at > $at) AND site_id = coalesce($site, site_id)"
            " ORDER BY raised_at DESC, alarm_id LIMIT $limit"
        )
        params = {"at": naive(at), "cleared": cleared, "site": site_id, "limit": limit}
        return info.context.rows(Alarm, "monitor.alarm", rest, params, None)
