"""Makes the command of a register that has nothing to say of its own: it takes what its event's schema has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, make_dataclass
from datetime import date, datetime
from typing import Any

from schemas.contract import AvroSchema, EventType, event_types
from services.decider import Command
from services.registers import PlaceCommand, naming, place_register, register

_TYPES: Mapping[str, Any] = {
    "string": str,
    "double": float,
    "int": int,
    "long": int,
    "boolean": bool,
    "enum": str,
    "date": date,
    "timestamp-micros": datetime,
}


def plain(name: str, event: str, *optional: str, check: Callable[[Any], None] = lambda _: None) -> type[Any]:
    """The command that states an event as it is given, with its decider: `RegisterWell = plain("RegisterWell", …)`.

    Fields, types, defaults and words are the schema's; lists named in `optional` may be left out. The key is `key`
    of the schema, or the first field behind the envelope; what `names` says of a field must exist. Restating the
    same says nothing; `check` refuses what the contract can't say. Of a place, names and position are checked like
    those of every place.
    """
    said = event_types()[event]
    base = PlaceCommand if said.place else Command
    inherited = base.__dataclass_fields__
    fields = [_field(f, said.fields[f], f in optional) for f in said.payload if f not in inherited]
    aggregate, refers = str(said.aggregate), naming(event)
    things = register(event, aggregate, _identity(said), refers, check)
    decider = place_register(event, aggregate, refers, check) if said.place else things
    space = {"decider": decider, "__doc__": said.schema["doc"]}
    return make_dataclass(name, fields, bases=(base,), namespace=space, frozen=True, kw_only=True)


def _field(name: str, schema: AvroSchema, optional: bool) -> tuple[str, Any, Any]:
    kind, words = schema["type"], {"doc": schema["doc"]}
    if isinstance(kind, list):
        (given,) = (each for each in kind if each != "null")
        return name, _type(given) | None, field(default=None, metadata=words)
    if optional:
        return name, _type(kind), field(default=(), metadata=words)
    return name, _type(kind), field(metadata=words)


def _type(kind: Any) -> Any:
    if isinstance(kind, dict) and kind["type"] == "array":
        return Sequence[_type(kind["items"])]  # type: ignore[misc]  # a type that is made
    named = str(kind.get("logicalType", kind["type"])) if isinstance(kind, dict) else str(kind)
    return _TYPES[named]


def _identity(event: EventType) -> Callable[[Any], str]:
    return lambda command: "/".join(str(getattr(command, name)) for name in event.key)
