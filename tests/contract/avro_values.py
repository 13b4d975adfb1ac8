"""Hypothesis strategies for whatever an Avro schema allows."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

_TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "string": _TEXT,
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "double": st.floats(allow_nan=False),
    "bytes": st.binary(max_size=12),
}
_LOGICAL: dict[str, st.SearchStrategy[Any]] = {
    "uuid": st.uuids().map(str),
    "timestamp-micros": _TIMES,
    "date": st.dates(date(1990, 1, 1), date(2100, 1, 1)),
}


_EXTREME: dict[str, st.SearchStrategy[Any]] = {
    "string": st.one_of(_TEXT, st.sampled_from(["a", "b", "", "PM2.5", "TP", "N"])),
    "double": st.one_of(st.floats(), st.sampled_from([1e15, -1e15, 1e300, 999.9])),
    "timestamp-micros": st.one_of(_TIMES, st.integers(-(2**63), 2**63 - 1), st.sampled_from([2**63 - 1, -(2**63)])),
    "date": st.one_of(st.integers(-(2**31), 2**31 - 1), _LOGICAL["date"]),
}


def extreme(schema: Any) -> st.SearchStrategy[Any]:
    """Values that a datum of this schema may hold, though nobody in their senses would send them."""
    return values(schema, _PRIMITIVES | _LOGICAL | _EXTREME)


def values(
    schema: Any, kinds: Mapping[str, st.SearchStrategy[Any]] = _PRIMITIVES | _LOGICAL
) -> st.SearchStrategy[Any]:
    """Values that a datum of this schema may hold, each kind drawn as `kinds` says."""
    if isinstance(schema, list):
        return st.one_of([values(branch, kinds) for branch in schema])
    if isinstance(schema, str):
        return kinds[schema]
    if schema.get("logicalType") in kinds:
        return kinds[schema["logicalType"]]
    if schema["type"] == "enum":
        return st.sampled_from(schema["symbols"])
    if schema["type"] == "array":
        return st.lists(values(schema["items"], kinds), max_size=3)
    if schema["type"] == "record":
        return st.fixed_dictionaries({f["name"]: values(f["type"], kinds) for f in schema["fields"]})
    return values(schema["type"], kinds)


def plain(schema: Any) -> Any:
    """The plainest value that a datum of this schema may hold."""
    if isinstance(schema, list):
        return None if "null" in schema else plain(schema[0])
    if isinstance(schema, str):
        return {"string": "", "boolean": False, "double": 0.0, "bytes": b""}.get(schema, 0)
    if schema["type"] == "enum":
        return schema["symbols"][0]
    return [] if schema["type"] == "array" else plain(schema["type"])
