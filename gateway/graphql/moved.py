"""Subscriptions: told when projections move."""

from collections.abc import AsyncIterator
from functools import partial
from itertools import islice

import strawberry

from gateway.graphql.air import AirHour, hours_of
from gateway.graphql.allowance import Ended
from gateway.graphql.context import Info, position

_HOURS_TOLD_AT_ONCE = 100


@strawberry.type(description="A table of which rows were recomputed, a table of events, or a view of these.")
class TableMoved:
    table: str
    keys: int = strawberry.field(
        description="How many of its keys were recomputed; of a table of events, how many came."
    )


@strawberry.type(description="The tables have been brought to a new position of the log.")
class Moved:
    position: str
    tables: list[TableMoved]


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="Fires when tables move: any, or one of those named, views and tables of events among them. "
        "Who reads slowly is told the sum of what moved meanwhile."
    )
    async def projection_moved(self, info: Info, tables: list[str] | None = None) -> AsyncIterator[Moved]:
        async for notice in info.context.desk.notices.moves():
            found = [
                TableMoved(table=name, keys=count)
                for name, count in notice.tables.items()
                if tables is None or name in tables
            ]
            if found:
                yield Moved(position=position(notice.offsets), tables=found)

    @strawberry.subscription(
        description="The hours of air quality that were just recomputed, of some or all sites; in several messages "
        "where they are many. Ends with an error where they are too many to be told: ask for them then."
    )
    async def air_hours_moved(self, info: Info, site_ids: list[str] | None = None) -> AsyncIterator[list[AirHour]]:
        context = info.context
        async for notice in context.desk.notices.moves():
            moved = notice.keys.get("air.hourly", {})
            if moved is None:
                raise Ended(
                    "TOO_MUCH",
                    "more hours moved than a subscription tells: ask airHours for them, and subscribe anew",
                )
            keys = [key for key in moved if site_ids is None or key[0] in site_ids]
            asked = ("airHoursMoved", tuple(keys), position(notice.offsets))
            for hours in await context.desk.shared.do(asked, partial(_hours, info, keys)) if keys else ():
                yield hours


async def _hours(info: Info, keys: list[tuple[object, ...]]) -> list[list[AirHour]]:
    """The hours of these keys as they are now, so many at a time."""
    context = info.context.anew()

    def read() -> list[AirHour]:
        try:
            return hours_of(context, keys)
        finally:
            context.close()

    hours = iter(await context.desk.crews.answer(context.allowance, read))
    return list(iter(lambda: list(islice(hours, _HOURS_TOLD_AT_ONCE)), []))
