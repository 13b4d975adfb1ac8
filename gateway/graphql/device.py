"""Devices that speak HJ 212: the register and who asks to be in it, what they sent, and what they were asked."""

from datetime import datetime
from enum import Enum

import strawberry

from gateway.graphql.context import Info, rows_as
from gateway.moments import naive


@strawberry.type(description="Something that a device logged, alarmed of or said beside its observations.")
class DeviceSaid:
    mn: str
    cn: str = strawberry.field(description="The command code that it came with.")
    at: datetime | None = strawberry.field(description="When it was so, as the device says, UTC.")
    name: str
    text: str
    recorded_at: datetime


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
    @strawberry.field(description="What a device logged, alarmed of or said beside its observations, since a time.")
    def device_said(
        self,
        info: Info,
        mn: str,
        what: Said,
        since: datetime,
        limit: int = 100,
        as_of: datetime | None = None,
    ) -> list[DeviceSaid]:
        sql = (
            f"FROM (SELECT mn, cn, text, recorded_at, {_SAID[what.value]}) WHERE mn = $mn AND recorded_at >= $since"
            " ORDER BY recorded_at DESC, name, text LIMIT $limit"
        )
        params = {"mn": mn, "since": naive(since), **_few(limit)}
        return rows_as(DeviceSaid, info.context.frame(sql, params, as_of))


def _few(limit: int) -> dict[str, int]:
    return {"limit": limit}
