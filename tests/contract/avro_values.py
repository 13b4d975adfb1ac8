"""Hypothesis strategies for whatever an Avro schema allows."""

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


def values(schema: Any) -> st.SearchStrategy[Any]:
    """Values that a datum of this schema may hold."""
    if isinstance(schema, list):
        return st.one_of([values(branch) for branch in schema])
    if isinstance(schema, str):
        return _PRIMITIVES[schema]
    if schema.get("logicalType") in _LOGICAL:
        return _LOGICAL[schema["logicalType"]]
    if schema["type"] == "enum":
        return st.sampled_from(schema["symbols"])
    if schema["type"] == "array":
        return st.lists(values(schema["items"]), max_size=3)
    if schema["type"] == "record":
        return st.fixed_dictionaries({f["name"]: values(f["type"]) for f in schema["fields"]})
    return values(schema["type"])
