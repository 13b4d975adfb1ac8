"""Taking observations down, and reading them back."""

import json
from datetime import UTC, datetime
from typing import Any

import strawberry

from gateway.graphql.context import Info, position
from gateway.graphql.refusal import Refused, refused
from gateway.graphql.scalars import Stated
from ingest.observations import Observation
from ingest.quarantine import Submission
from services.decider import Refused as Refusal
from services.numerals import decimal


@strawberry.input(description="What is stated on one factor.")
class ReadingInput:
    factor: str = strawberry.field(description="Code of the factor, as in standards/factor.csv.")
    value: Stated | None = strawberry.field(description="In the factor's unit.", default=None)
    mark: str = strawberry.field(description="Data mark, as in standards/mark.csv; empty is normal.", default="")


@strawberry.input(description="What a site observed over a period.")
class ObservationInput:
    site_id: str
    period: str = strawberry.field(description="REALTIME, MINUTE, HOUR or DAY.")
    observed_at: datetime = strawberry.field(description="Start of the period.")
    readings: list[ReadingInput]
    source: str = strawberry.field(description="Who says so.")
    reviewed: bool = strawberry.field(description="Whether the values are final, reviewed ones.", default=False)


@strawberry.type(description="What became of observations that were sent together; all of it is durable.")
class Taken:
    accepted: int = strawberry.field(description="New statements.")
    restated: int = strawberry.field(description="Of these, statements on what had been stated otherwise.")
    repeated: int = strawberry.field(description="Statements that were there already.")
    refused: list[Refused] = strawberry.field(description="What was not accepted and is kept in quarantine.")
    position: str = strawberry.field(description="The log position behind them.")


@strawberry.type
class ObservationMutation:
    @strawberry.mutation(description="Take observations down. What can't be accepted is kept in quarantine.")
    def record_observations(self, info: Info, input: list[ObservationInput]) -> Taken:  # noqa: A002
        sent = [_sent(given) for given in input]
        taken = info.context.platform.observations.take(sent, "graphql")
        return Taken(
            accepted=taken.accepted,
            restated=taken.restated,
            repeated=taken.repeated,
            refused=[refused(refusal) for _, refusal in taken.refused],
            position=position(taken.offsets),
        )


def _sent(given: ObservationInput) -> tuple[Observation | Refusal, Submission]:
    content = json.dumps(strawberry.asdict(given), default=str).encode()
    submission = Submission("graphql", given.source, content)
    try:
        readings = {reading.factor: (_number(reading), reading.mark) for reading in given.readings}
    except Refusal as refusal:
        return refusal, submission
    at = given.observed_at
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Observation(given.site_id, given.period, at, readings, given.source, given.reviewed), submission


def _number(reading: ReadingInput) -> float | None:
    value: Any = reading.value
    if value is None:
        return None
    try:
        if isinstance(value, bool):
            raise ValueError
        return decimal(value.strip()) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise Refusal(
            "not_a_number", f"{reading.factor} is {value!r}", "values", "Give a number in the factor's unit."
        ) from None
