"""Devices that speak HJ 212: the register and who asks to be in it, what they sent, and what they were asked."""

from datetime import date, datetime
from enum import Enum

import strawberry

from gateway.graphql.context import Info, columns_of, naive, rows_as

_MOST = 10_000


@strawberry.type(description="A device of the register. Its password is kept as a hash, and not shown.")
class Device:
    mn: str = strawberry.field(description="Its code.")
    site_id: str = strawberry.field(description="The site that it observes for.")
    site_kind: str
    edition: str = strawberry.field(description="The edition of HJ 212 that it speaks; BY_FRAME as its frames say.")
    crc: str = strawberry.field(description="STANDARD, or MODBUS_SWAPPED where it sends that variant.")
    unit_profile: str = strawberry.field(description="STANDARD or AMBIENT: the units that it sends in.")
    utc_offset_min: int
    codes: list[str] = strawberry.field(description="Pollutant codes that it sends otherwise than its profile.")
    factors: list[str]
    scales: list[float]
    recorded_at: datetime
    source: str


@strawberry.type(description="An MN that sent frames and was refused: unknown, or with another password.")
class DeviceCandidate:
    mn: str
    frames: int = strawberry.field(description="Different frames of it in quarantine.")
    wrong_password: bool
    origin: str
    first_at: datetime
    last_at: datetime
    registered: bool = strawberry.field(description="Whether it was registered since.")


@strawberry.type(description="What a device sent on a local day, as the listener counted it.")
class DeviceDay:
    mn: str
    day: date
    frames: int | None
    bytes: int | None
    repeated: int | None = strawberry.field(description="Duplicates: their data had been taken down already.")
    restated: int | None = strawberry.field(description="Stated otherwise than before.")
    late: int | None = strawberry.field(description="Backfills (补传): long after their period.")
    resent: int | None = strawberry.field(description="Marked by the device as sent again (RF=1).")
    refused: int | None
    answered: int | None
    clock_drift_s: float | None = strawberry.field(description="Its clock minus ours, when last told.")
    first_at: datetime
    last_at: datetime


@strawberry.type(description="How a piece of equipment runs, as last stated.")
class Equipment:
    mn: str
    equipment: str
    aspect: str = strawberry.field(description="RS: state 0 off, 1 running, 2 calibrating, … RT: hours of the day.")
    site_id: str
    value: float | None
    stated_at: datetime


@strawberry.type(description="Something that a device logged, alarmed of or said beside its observations.")
class DeviceSaid:
    mn: str
    cn: str = strawberry.field(description="The command code that it came with.")
    at: datetime | None = strawberry.field(description="When it was so, as the device says, UTC.")
    name: str
    text: str
    recorded_at: datetime


@strawberry.type(description="A command that a device was asked to follow.")
class DeviceCommand:
    command_id: str
    mn: str
    cn: str
    status: str = strawberry.field(description="PENDING, DONE, FAILED, REFUSED, TIMED_OUT or EXPIRED.")
    qn: str | None
    qn_rtn: int | None = strawberry.field(description="The device's answer to the request, by HJ 212 table 7.")
    exe_rtn: int | None = strawberry.field(description="How it went, by HJ 212 table 6.")
    sent: int = strawberry.field(description="How often it was sent.")
    data_messages: int
    requested_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    source: str


_SAID = {
    "LOG": "logged_at AS at, name FROM monitor.device_log",
    "ALARM": "alarmed_at AS at, name FROM monitor.device_alarm",
    "DETAIL": "data_at AS at, code || '-' || kind AS name FROM monitor.device_detail",
}


@strawberry.enum(description="Which of the things that devices say.")
class Said(Enum):
    LOG = "LOG"
    ALARM = "ALARM"
    DETAIL = "DETAIL"


@strawberry.type
class DeviceQuery:
    @strawberry.field(description="Devices of the register, in order of their MN.")
    def devices(self, info: Info, mn: str | None = None, as_of: datetime | None = None) -> list[Device]:
        rest = "WHERE mn = coalesce($mn, mn) ORDER BY mn"
        return info.context.rows(Device, "monitor.device", rest, {"mn": mn}, as_of)

    @strawberry.field(description="MNs that were refused, the latest first.")
    def device_candidates(self, info: Info, limit: int = 100) -> list[DeviceCandidate]:
        names = columns_of(DeviceCandidate)
        sql = f"SELECT {names} FROM monitor.device_candidate ORDER BY last_at DESC, mn LIMIT $limit"
        return rows_as(DeviceCandidate, info.context.frame(sql, _few(limit), None))

    @strawberry.field(description="What devices sent on local days in [since, until].")
    def device_days(self, info: Info, since: date, until: date, mn: str | None = None) -> list[DeviceDay]:
        rest = "WHERE day BETWEEN $since AND $until AND mn = coalesce($mn, mn) ORDER BY day, mn"
        params = {"since": since, "until": until, "mn": mn}
        return info.context.rows(DeviceDay, "monitor.device_day", rest, params, None)

    @strawberry.field(description="Equipment as last stated.")
    def equipment(self, info: Info, mn: str | None = None) -> list[Equipment]:
        rest = "WHERE mn = coalesce($mn, mn) ORDER BY ALL"
        return info.context.rows(Equipment, "monitor.equipment", rest, {"mn": mn}, None)

    @strawberry.field(description="What a device logged, alarmed of or said beside its observations, since a time.")
    def device_said(self, info: Info, mn: str, what: Said, since: datetime, limit: int = 100) -> list[DeviceSaid]:
        sql = (
            f"FROM (SELECT mn, cn, text, recorded_at, {_SAID[what.value]}) WHERE mn = $mn AND recorded_at >= $since"
            " ORDER BY recorded_at DESC, name, text LIMIT $limit"
        )
        params = {"mn": mn, "since": naive(since), **_few(limit)}
        return rows_as(DeviceSaid, info.context.frame(sql, params, None))

    @strawberry.field(description="Commands to devices, the latest first.")
    def device_commands(self, info: Info, mn: str | None = None, limit: int = 100) -> list[DeviceCommand]:
        rest = "WHERE mn = coalesce($mn, mn) ORDER BY requested_at DESC, command_id LIMIT $limit"
        params = {"mn": mn, **_few(limit)}
        return info.context.rows(DeviceCommand, "monitor.device_command", rest, params, None)


def _few(limit: int) -> dict[str, int]:
    return {"limit": limit}
