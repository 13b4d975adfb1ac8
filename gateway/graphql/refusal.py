"""A refusal as an answer."""

import strawberry

from services.decider import Refused as Refusal


@strawberry.type(description="The command can't be followed; nothing was recorded.")
class Refused:
    code: str = strawberry.field(description="Which rule it broke, for programs.")
    message: str = strawberry.field(description="What is wrong.")
    where: str = strawberry.field(description="The field or thing that is wrong.")
    remedy: str = strawberry.field(description="What to do.")


def refused(refusal: Refusal) -> Refused:
    return Refused(code=refusal.code, message=refusal.message, where=refusal.where, remedy=refusal.remedy)
