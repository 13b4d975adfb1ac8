"""Every list that a query returns has a limit, and an answer says which of its lists were cut."""

from typing import Any

from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import SyncExtensionResolver
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField

from gateway.graphql.context import Info

MOST = 10_000
"""What a list holds at most, and where nothing else is said."""

_ARGUMENT = "limit"


class ListLimit(FieldExtension):
    """Gives a list field a `limit`, keeps to it and notes where there was more."""

    def __init__(self) -> None:
        """Not applied to a field yet."""
        self._own = False

    def apply(self, field: StrawberryField) -> None:
        """Add the argument where the field has none of its own."""
        resolver = field.base_resolver
        self._own = resolver is not None and any(a.python_name == _ARGUMENT for a in resolver.arguments)
        if all(argument.python_name != _ARGUMENT for argument in field.arguments):
            said = f"How many at most, up to {MOST}; the answer's `extensions.cut` says where there are more."
            annotation = StrawberryAnnotation(int)
            field.arguments = [
                *field.arguments,
                StrawberryArgument(_ARGUMENT, None, annotation, default=MOST, description=said),
            ]

    def resolve(self, next_: SyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:
        """Ask for one more than is wanted, to know whether there are more."""
        limit = max(0, min(kwargs.pop(_ARGUMENT, MOST), MOST))
        found = next_(source, info, **kwargs, **({_ARGUMENT: limit + 1} if self._own else {}))
        if found is None or len(found) <= limit:
            return found
        info.context.note_cut(str(info.path.key), limit)
        return found[:limit]


def limit_lists(query: type[Any]) -> None:
    """Give each list field of a query type its limit, once."""
    for field in query.__strawberry_definition__.fields:
        if is_list(field) and not any(isinstance(extension, ListLimit) for extension in field.extensions):
            field.extensions = [*field.extensions, ListLimit()]


def is_list(field: StrawberryField) -> bool:
    """Whether a field returns a list, or null for one."""
    kind = field.type.of_type if isinstance(field.type, StrawberryOptional) else field.type
    return isinstance(kind, StrawberryList)
