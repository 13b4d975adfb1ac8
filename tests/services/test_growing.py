"""What a decider knows of a life grows with it, and each fact costs the same however long the life is."""

import statistics
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import EventType, event_types
from services.decider import Decider, Fact
from services.deciders import all_deciders
from services.growing import Growing

STEPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5), st.integers(0, 9)), max_size=40)
LIVES = {(d.aggregate, id(d.evolve)): d for d in all_deciders().values()}
_START = datetime(2026, 1, 1, tzinfo=UTC)


@given(STEPS)
def test_a_growing_mapping_is_a_value_whatever_follows_from_it(steps: list[tuple[int, int, int]]) -> None:
    made: list[tuple[Growing[int, int], dict[int, int]]] = [(Growing(), {})]
    for of, key, value in steps:
        mapping, plain = made[of % len(made)]
        made.append((mapping.with_(key, value), {**plain, key: value}))
    assert all(dict(mapping) == plain and len(mapping) == len(plain) for mapping, plain in made)
    assert all(list(mapping) == list(plain) or set(mapping) == set(plain) for mapping, plain in made)


@pytest.mark.parametrize("decider", LIVES.values(), ids=lambda d: d.aggregate)
def test_a_fact_costs_as_much_in_a_long_life_as_in_a_short_one(decider: Decider) -> None:
    types = [event_type for event_type in event_types().values() if event_type.aggregate == decider.aggregate]
    state, taken = decider.initial, dict[int, int]()
    for number in range(3000):
        fact = _fact(types[number % len(types)], number)
        if number % 1000 >= 980:
            tracemalloc.start()
            state = decider.evolve(state, fact)
            taken[number] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        else:
            state = decider.evolve(state, fact)
    short, long = (statistics.median(v for n, v in taken.items() if n // 1000 == k) for k in (0, 2))
    assert long <= short + 512


def _fact(event_type: EventType, number: int) -> Fact:
    return Fact(event_type.name, {name: _value(f["type"], name, number) for name, f in event_type.fields.items()})


def _value(kind: Any, name: str, number: int) -> Any:
    """A value of a type of the contract, another one for each number where it has many."""
    if isinstance(kind, list):
        return _value(next(each for each in kind if each != "null"), name, number)
    if isinstance(kind, dict):
        moment = _START + timedelta(minutes=number)
        given = {"timestamp-micros": moment, "date": moment.date(), "uuid": f"{number:032x}"}
        if kind.get("logicalType") in given:
            return given[kind["logicalType"]]
        if kind["type"] == "array":
            return [_value(kind["items"], name, number)]
        if kind["type"] == "enum":
            return kind["symbols"][number % len(kind["symbols"])]
        return _value(kind["type"], name, number)
    plain = {"string": f"{name}-{number}", "bytes": b"x", "boolean": True}
    return plain.get(kind, number)
