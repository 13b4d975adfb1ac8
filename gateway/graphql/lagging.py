"""Which tables are not up to date, since rows of them can't be computed."""

import strawberry

from gateway.graphql.context import Info


@strawberry.type(description="A table of which rows can't be computed: they are left out until they can be.")
class SetAside:
    table: str
    rows: int = strawberry.field(description="How many rows are left out.")
    key: str = strawberry.field(description="One of them; * where it is the whole table.")
    error: str = strawberry.field(description="Why it can't be computed.")
    since: str = strawberry.field(description="Where the log stood when it failed first.")
    following: list[str] = strawberry.field(description="The tables that are computed without these rows.")


@strawberry.type
class LaggingQuery:
    @strawberry.field(description="The tables of which rows are left out, since they can't be computed.")
    def set_aside(self, info: Info) -> list[SetAside]:
        lagging = info.context.platform.lagging
        return [
            SetAside(
                table=each.table,
                rows=each.keys,
                key=each.key,
                error=each.error,
                since=each.since,
                following=lagging.following(each.table),
            )
            for each in lagging.set_aside()
        ]
