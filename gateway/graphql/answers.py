"""What a mutation answers: refusals are answers, outages are errors."""

import dataclasses
import typing
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Union

import strawberry
from strawberry.tools import create_type

from gateway.graphql.context import Info, position
from gateway.graphql.refusal import Refused, refused
from services.decider import Command
from services.decider import Refused as Refusal
from services.deciders import deciders
from services.handler import Superseded


@strawberry.type(description="The command was followed: its events are durable and folded.")
class Accepted:
    subject: str = strawberry.field(description="What the command was about, as `aggregate/id`.")
    event_ids: list[str] = strawberry.field(description="The events recorded; none where nothing had changed.")
    position: str = strawberry.field(description="The log position behind the events.")


@strawberry.type(description="Someone else's event on the same subject came first; look at it and decide anew.")
class Conflict:
    message: str


CommandAnswer = Annotated[Union[Accepted, Refused, Conflict], strawberry.union("CommandAnswer")]  # noqa: UP007


def carry_out(info: Info, command: Command) -> Accepted | Refused | Conflict:
    """Carry out a command and say what became of it."""
    try:
        accepted = info.context.platform.handler.handle(command)
    except Refusal as refusal:
        return refused(refusal)
    except Superseded as conflict:
        return Conflict(message=str(conflict))
    return Accepted(
        subject=accepted.subject, event_ids=list(accepted.event_ids), position=position(accepted.offsets)
    )


def mutations(name: str = "Commands", kinds: Iterable[type[Command]] = tuple(deciders())) -> type[Any]:
    """A GraphQL type with one mutation for each kind of command; a new command is a new mutation."""
    fields = [
        strawberry.mutation(
            resolver=_resolver(kind), name=kind.__name__[0].lower() + kind.__name__[1:], description=kind.__doc__
        )
        for kind in kinds
    ]
    return create_type(name, fields)


def _resolver(kind: type[Command]) -> Callable[..., Any]:
    given = input_of(kind)

    def resolve(info: Info, input: Any) -> Any:  # noqa: A002  the field's standard name
        said = {field.name: _aware(getattr(input, field.name)) for field in dataclasses.fields(kind)}
        return carry_out(info, kind(**said))

    resolve.__name__ = kind.__name__
    resolve.__annotations__ = {"info": Info, "input": given, "return": CommandAnswer}
    return resolve


def input_of(kind: type[Command]) -> type[Any]:
    """The GraphQL input whose fields are a command's."""
    hints = typing.get_type_hints(kind)
    namespace: dict[str, Any] = {"__annotations__": {}}
    required_first = sorted(dataclasses.fields(kind), key=lambda f: f.default is not dataclasses.MISSING)
    for field in required_first:
        namespace["__annotations__"][field.name] = _listed(hints[field.name])
        if field.default is not dataclasses.MISSING:
            default = [] if field.default == () else field.default
            namespace[field.name] = strawberry.field(
                default_factory=lambda value=default: value, description=field.metadata.get("doc")
            )
        elif "doc" in field.metadata:
            namespace[field.name] = strawberry.field(description=field.metadata["doc"])
    return strawberry.input(type(f"{kind.__name__}Input", (), namespace), description=kind.__doc__)


def _listed(hint: Any) -> Any:
    """The same type, with lists where commands have sequences."""
    return list[typing.get_args(hint)[0]] if typing.get_origin(hint) is Sequence else hint  # type: ignore[misc]


def _aware(value: Any) -> Any:
    """The same value; a time that names no zone is UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
