"""Subscriptions: told when projections move."""

from collections.abc import AsyncIterator

import anyio.to_thread
import strawberry

from gateway.graphql.air import AirHour, hours_of
from gateway.graphql.context import Info, position


@strawberry.type(description="A table of which rows were recomputed.")
class TableMoved:
    table: str
    keys: int = strawberry.field(description="How many of its keys were recomputed.")


@strawberry.type(description="The tables have been brought to a new position of the log.")
class Moved:
    position: str
    tables: list[TableMoved]


@strawberry.type
class Subscription:
    @strawberry.subscription(description="Fires when projections move: any, or one of the tables named.")
    async def projection_moved(self, info: Info, tables: list[str] | None = None) -> AsyncIterator[Moved]:
        async for moved in info.context.moves():
            found = [
                TableMoved(table=name, keys=count)
                for name, count in moved.tables.items()
                if tables is None or name in tables
            ]
            if found:
                yield Moved(position=position(moved.offsets), tables=found)

    @strawberry.subscription(
        description="The hours of air quality that were just recomputed, of some or all sites."
    )
    async def air_hours_moved(self, info: Info, site_ids: list[str] | None = None) -> AsyncIterator[list[AirHour]]:
        async for moved in info.context.moves():
            moved_keys = moved.keys.get("air.hourly", ())
            keys = [key for key in moved_keys if site_ids is None or key[0] in site_ids]
            if keys:
                hours = await anyio.to_thread.run_sync(hours_of, info, keys)
                info.context.close()
                yield hours
