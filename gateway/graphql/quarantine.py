"""The quarantine: what could not be accepted, and sending it again."""

from typing import Annotated, Union

import strawberry

from gateway.graphql.answers import Conflict
from gateway.graphql.context import Info, position
from gateway.graphql.refusal import Refused, refused
from ingest.resending import content_of, resend
from services.decider import Refused as Refusal
from services.handler import Superseded


@strawberry.type(description="What was in quarantine was sent again, and all of it was accepted.")
class Resent:
    accepted: int = strawberry.field(description="New statements.")
    repeated: int = strawberry.field(description="Statements that were there already.")
    position: str = strawberry.field(description="The log position behind them.")


ResendAnswer = Annotated[Union[Resent, Refused, Conflict], strawberry.union("ResendAnswer")]  # noqa: UP007


@strawberry.input(description="Send something in quarantine again.")
class ResendSubmissionInput:
    submission_id: str
    source: str = strawberry.field(description="Who sends it.")
    kind: str | None = strawberry.field(
        description="The profile that it is a CSV file of; JSON as of the API where silent.", default=None
    )


@strawberry.type
class QuarantineQuery:
    @strawberry.field(description="What something in quarantine says, as last corrected; null if it is not there.")
    def quarantined_content(self, info: Info, submission_id: str) -> str | None:
        try:
            return content_of(submission_id, info.context.platform.state).decode("utf-8", "replace")
        except Refusal:
            return None


@strawberry.type
class QuarantineMutation:
    @strawberry.mutation(description="Send something in quarantine again: all of it is accepted, or it stays.")
    def resend_submission(self, info: Info, input: ResendSubmissionInput) -> ResendAnswer:  # noqa: A002
        platform = info.context.platform
        try:
            taken = resend(
                input.submission_id,
                input.kind,
                input.source,
                platform.state,
                platform.observations,
                platform.handler,
            )
        except Refusal as refusal:
            return refused(refusal)
        except Superseded as conflict:
            return Conflict(message=str(conflict))
        return Resent(accepted=taken.accepted, repeated=taken.repeated, position=position(taken.offsets))
