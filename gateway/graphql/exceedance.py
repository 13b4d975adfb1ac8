"""What exceeds a limit at a source of air pollution."""

from datetime import datetime

import strawberry


@strawberry.type(description="A reading of an hour at a source that exceeds the limit that applied then.")
class SourceExceedance:
    site_id: str
    factor: str
    observed_at: datetime = strawberry.field(description="Start of the hour.")
    watches: str
    source_id: str
    stack_no: str | None
    value: float
    unit: str
    limit_value: float = strawberry.field(description="In the same unit.")
    multiple: float | None = strawberry.field(
        description="(value - limit) / limit, two decimals; null of decibels, and where the limit is 0."
    )
    excess: float
    limit_id: str
    permit_no: str | None = strawberry.field(description="The permit that limits it; null where a standard does.")
    standard: str | None
    clause: str | None
    limit_status: str = strawberry.field(description="permit, or how well the standard's limit is known.")
    event_id: str = strawberry.field(description="The observation, to be cited as evidence.")
    simulated: bool
    reviewed: bool
