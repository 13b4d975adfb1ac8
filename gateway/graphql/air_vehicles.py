"""Vehicles: what passed roadside devices and how it was judged, smoky ones with their reviews, repeat offenders."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info, naive

_MOST = 10_000


@strawberry.type(description="A quantity of a pass, compared with its limit.")
class VehicleItem:
    item: str = strawberry.field(description="What was measured, with its unit.")
    value: float
    limit_value: float
    unit: str | None
    exceeds: bool
    clause: str | None
    status: str = strawberry.field(description="How well the limit is known.")
    note: str | None


@strawberry.type(description="A pass of a vehicle by a remote-sensing device, judged; times UTC.")
class VehiclePass:
    site_id: str
    record_no: str
    passed_at: datetime
    plate: str | None = strawberry.field(description="Null where it could not be read.")
    plate_colour: str
    fuel: str
    speed_km_h: float | None = strawberry.field(name="speedKmH")
    acceleration_m_s2: float | None = strawberry.field(name="accelerationMS2", description="m/s².")
    vsp_kw_t: float | None = strawberry.field(name="vspKwT", description="Vehicle specific power, kW/t.")
    co_percent: float | None
    hc_ppm: float | None
    no_ppm: float | None
    opacity_percent: float | None
    ringelmann: float | None
    valid: bool = strawberry.field(description="By the device, its mark and the standard's conditions.")
    why_invalid: list[str] = strawberry.field(description="`device`, `mark`, or conditions that were not kept.")
    items: list[VehicleItem] = strawberry.field(description="What has a limit; none of an invalid pass.")
    exceeded: list[str] = strawberry.field(description="Items beyond their limits.")
    basis: str | None = strawberry.field(description="The standard; null where none has limits for the fuel.")
    simulated: bool


@strawberry.type(description="The pass at which a pollutant had exceeded its limit often enough.")
class RuleMet:
    item: str
    met_at: datetime
    since: datetime = strawberry.field(description="The first of the consecutive passes that count.")
    site_id: str
    record_no: str


@strawberry.type(description="A vehicle that exceeded a limit or was confirmed as smoky; times UTC.")
class VehicleOffender:
    plate: str
    plate_colour: str
    fuel: str | None
    valid_passes: int
    exceeding: int = strawberry.field(description="Valid passes in which a limit was exceeded.")
    smoky_confirmed: int = strawberry.field(description="Captures as smoky that people confirmed.")
    first_at: datetime
    last_at: datetime
    pollutants: list[str]
    site_ids: list[str] = strawberry.field(description="Devices that it offended at.")
    repeat_offender: bool = strawberry.field(
        description="One pollutant exceeded in consecutive valid passes, as often and soon as the standard says."
    )
    met: list[RuleMet]
    inspected_on: date | None = strawberry.field(description="Day of its last regular inspection.")
    inspection_result: str | None = strawberry.field(description="PASS or FAIL.")
    remedied: bool = strawberry.field(description="Whether it passed an inspection behind its last offence.")
    simulated: bool


@strawberry.type(description="A capture of a smoky vehicle; times UTC.")
class SmokyVehicle:
    site_id: str
    record_no: str
    passed_at: datetime
    plate: str | None
    plate_colour: str
    ringelmann: float | None
    evidence_urls: list[str]
    evidence_sha256: list[str] = strawberry.field(name="evidenceSha256", description="Parallel to evidenceUrls.")
    state: str = strawberry.field(description="PENDING, CONFIRMED or REJECTED; it counts when CONFIRMED.")
    reason: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    simulated: bool


@strawberry.type(description="What passed a roadside device on a local day.")
class VehicleDeviceDay:
    site_id: str
    day: date
    passes: int
    valid: int
    exceeding: int
    exceeding_percent: float | None = strawberry.field(description="Percent of valid passes.")
    captures: int = strawberry.field(description="Captures of smoky vehicles.")
    confirmed: int = strawberry.field(description="Those that people confirmed.")
    simulated: bool


@strawberry.type(description="What passed a roadside device in an hour, by its start, UTC.")
class VehicleDeviceHour:
    site_id: str
    hour: datetime
    passes: int
    valid: int
    exceeding: int
    captures: int
    confirmed: int
    simulated: bool


@strawberry.type
class AirVehicleQuery:
    @strawberry.field(
        description="Passes in [since, until), oldest first; with `exceedingOnly` those beyond a limit."
    )
    def vehicle_passes(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        site_id: str | None = None,
        plate: str | None = None,
        exceeding_only: bool = False,
        limit: int = 1000,
        as_of: datetime | None = None,
    ) -> list[VehiclePass]:
        rest = (
            "WHERE passed_at >= $since AND passed_at < $until"
            " AND site_id = coalesce($site, site_id) AND ($plate IS NULL OR plate = $plate)"
            " AND (NOT $exceeding OR len(exceeded) > 0) ORDER BY passed_at, site_id, record_no LIMIT $limit"
        )
        params = {
            "since": naive(since), "until": naive(until), "site": site_id, "plate": plate,
            "exceeding": exceeding_only, "limit": limit,
        }  # fmt: skip
        return info.context.rows(VehiclePass, "air.vehicle_pass", rest, params, as_of)

    @strawberry.field(
        description="Vehicles whose last offence was in [since, until), the last first; of a device where given."
    )
    def vehicle_offenders(
        self,
        info: Info,
        since: datetime | None = None,
        until: datetime | None = None,
        site_id: str | None = None,
        plate: str | None = None,
        repeat_only: bool = False,
        limit: int = 1000,
        as_of: datetime | None = None,
    ) -> list[VehicleOffender]:
        rest = (
            "WHERE last_at >= coalesce(CAST($since AS TIMESTAMP), last_at)"
            " AND ($until IS NULL OR last_at < CAST($until AS TIMESTAMP))"
            " AND ($site IS NULL OR list_contains(site_ids, $site)) AND plate = coalesce($plate, plate)"
            " AND (NOT $repeat OR repeat_offender) ORDER BY last_at DESC, plate, plate_colour LIMIT $limit"
        )
        params = {
            "since": since and naive(since), "until": until and naive(until), "site": site_id, "plate": plate,
            "repeat": repeat_only, "limit": limit,
        }  # fmt: skip
        return info.context.rows(VehicleOffender, "air.vehicle_offender", rest, params, as_of)

    @strawberry.field(description="Captures of smoky vehicles, the last first, of one state or camera where given.")
    def smoky_vehicles(
        self,
        info: Info,
        state: str | None = None,
        site_id: str | None = None,
        limit: int = 1000,
        as_of: datetime | None = None,
    ) -> list[SmokyVehicle]:
        rest = (
            "WHERE state = coalesce($state, state)"
            " AND site_id = coalesce($site, site_id) ORDER BY passed_at DESC, site_id, record_no LIMIT $limit"
        )
        params = {"state": state, "site": site_id, "limit": limit}
        return info.context.rows(SmokyVehicle, "air.smoky_vehicle", rest, params, as_of)

    @strawberry.field(description="Days of roadside devices in [since, until], oldest first.")
    def vehicle_device_days(
        self, info: Info, since: date, until: date, site_id: str | None = None, as_of: datetime | None = None
    ) -> list[VehicleDeviceDay]:
        rest = "WHERE day BETWEEN $since AND $until AND site_id = coalesce($site, site_id) ORDER BY day, site_id"
        params = {"since": since, "until": until, "site": site_id}
        return info.context.rows(VehicleDeviceDay, "air.vehicle_device_day", rest, params, as_of)

    @strawberry.field(description="Hours of roadside devices that start in [since, until), oldest first.")
    def vehicle_device_hours(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        site_id: str | None = None,
        as_of: datetime | None = None,
    ) -> list[VehicleDeviceHour]:
        rest = (
            "WHERE hour >= $since AND hour < $until AND site_id = coalesce($site, site_id) ORDER BY hour, site_id"
        )
        params = {"since": naive(since), "until": naive(until), "site": site_id}
        return info.context.rows(VehicleDeviceHour, "air.vehicle_device_hour", rest, params, as_of)
