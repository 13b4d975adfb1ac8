"""An event of any type that says what a test gives, and of all else as little as its schema lets it say."""

from datetime import date
from typing import Any

from eventlog.codec import Event
from schemas.contract import ENVELOPE, event_types
from tests.factories import envelope

_LEAST: dict[str, Any] = {"string": "x", "boolean": False, "double": 1.0, "int": 1, "long": 1}


def event(name: str, identity: str, after: Event | None = None, /, **said: Any) -> Event:
    """An event of the thing that `identity` names, `after` the one that its author had seen last.

    Of what `said` does not give, lists are empty, what may be null is, and the rest is the least of its kind.
    """
    known = event_types()[name]
    beside = {field: said.pop(field) for field in ENVELOPE if field in said}
    given = {field: _least(known.fields[field]["type"]) for field in known.payload} | said
    unknown = given.keys() - set(known.payload)
    assert not unknown, f"{name} has no {unknown}"
    previous = after.fields["event_id"] if after else None
    subject = f"{known.aggregate}/{identity}"
    return Event(name, _enveloped(subject, previous, said, beside) | given)


def _enveloped(subject: str, previous: str | None, said: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """The envelope, whose id follows from all that is said."""
    identified = envelope(subject, previous, said=repr(sorted(said.items(), key=lambda item: item[0])), **beside)
    del identified["said"]
    return identified


def _least(kind: Any) -> Any:
    if isinstance(kind, list):
        return None
    if isinstance(kind, dict):
        if kind["type"] == "enum":
            return kind["symbols"][0]
        if kind["type"] == "array":
            return []
        return date(2026, 1, 1) if kind.get("logicalType") == "date" else _least(kind["type"])
    return _LEAST[kind]
