"""Rows of tables as objects of GraphQL types, lists of structs among them."""

import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import polars as pl

Kind = TypeVar("Kind")


def select_of(kind: type[Any]) -> str:
    """The columns that a GraphQL type is made of, for a SELECT; a field like `class_` is the column `class`."""
    return ", ".join(f'"{name.rstrip("_")}" AS "{name}"' for name in field_names(kind))


def objects(kind: type[Kind], frame: pl.DataFrame) -> list[Kind]:
    """The rows of a frame as objects of a GraphQL type; a list of structs becomes a list of the field's type."""
    return _objects(kind, frame.iter_rows(named=True))


def _objects(kind: type[Kind], rows: Iterable[Mapping[str, Any]]) -> list[Kind]:
    hints = typing.get_type_hints(kind)
    names = field_names(kind)
    return [kind(**{name: _value(hints[name], row[_column(name, row)]) for name in names}) for row in rows]


def _column(name: str, row: Mapping[str, Any]) -> str:
    return name if name in row else name.rstrip("_")


def _value(hint: Any, value: Any) -> Any:
    items = typing.get_args(hint)
    if typing.get_origin(hint) is list and hasattr(items[0], "__strawberry_definition__"):
        return _objects(items[0], value or ())
    if isinstance(value, datetime) and value.tzinfo is None:  # of a struct: a frame's own columns say their zone
        return value.replace(tzinfo=UTC)
    return value


def field_names(kind: type[Any]) -> Sequence[str]:
    """Names of a GraphQL type's own fields, those that are no resolvers."""
    return [field.python_name for field in kind.__strawberry_definition__.fields if not field.base_resolver]
