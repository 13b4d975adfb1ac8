"""Refuses values that can't be: what the contract says of a field holds for every command that states it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from schemas.contract import event_types
from schemas.possible import fault
from services.checks import expect_past_day
from services.decider import Fact, Refused

_CODES = {"range": "impossible_value", "form": "malformed_code", "refers": "unknown_value"}


def expect_possible(facts: Iterable[Fact], now: datetime) -> None:
    """Refuse a value that its field's enum does not have, or that the contract says can't be."""
    for fact in facts:
        for name, field in event_types()[fact.event].fields.items():
            value = fact.fields.get(name)
            if value is None:
                continue
            symbols = _symbols(field)
            if symbols and value not in symbols:
                raise Refused(
                    "unknown_value", f"{value!r} is none of its values", name, f"Use {', '.join(symbols)}."
                )
            found = fault(field, value)
            if found:
                code = next(code for said, code in _CODES.items() if said in field)
                raise Refused(code, f"{name} {found[0]}", name, found[1])
            if field.get("past"):
                expect_past_day(value, now, name)
        _expect_together(fact)
        _expect_in_order(fact)


def _expect_together(fact: Fact) -> None:
    """Refuse a longitude without its latitude, or the other way round: it is no position."""
    for name, other in (("lon", "lat"), ("lat", "lon")):
        if fact.fields.get(name) is not None and fact.fields.get(other) is None and other in fact.fields:
            raise Refused(
                "half_a_position", f"{name} is given, and {other} is not", other, "Give both, or none of them."
            )


def _expect_in_order(fact: Fact) -> None:
    """Refuse what the contract says comes `not_before` another field, and does."""
    for name, field in event_types()[fact.event].fields.items():
        first, last = fact.fields.get(field.get("not_before", "")), fact.fields.get(name)
        if first is not None and last is not None and last < first:
            raise Refused(
                "impossible_order",
                f"{name} is {last}, before {field['not_before']}, {first}",
                name,
                "Correct one of the two.",
            )


def _symbols(field: Mapping[str, Any]) -> Sequence[str]:
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return next((k["symbols"] for k in kinds if isinstance(k, dict) and k["type"] == "enum"), ())
