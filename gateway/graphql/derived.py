"""GraphQL made of tables: a type of each table's columns, and a connection for each question that it answers.

What a type says is said in the table's SQL file (`projections/columns.py`, `projections/asked.py`). A schema that
is `seen` by the public has only the columns that are public.
"""

import inspect
from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any

import polars as pl
import strawberry
from strawberry.tools import create_type

from gateway.graphql.context import Info
from gateway.graphql.names import named, type_name
from gateway.graphql.pages import MOST_ROWS, Page, PageInfo, asked_by, read_cursor, standing, stands
from gateway.graphql.reach import reach_of
from gateway.moments import naive
from projections.asked import Question, questions
from projections.catalogue import catalogue
from projections.columns import Column, EnumSaid, columns
from schemas.contract import OPEN_TO, Disclosure

_PLAIN: Mapping[str, Any] = {
    "VARCHAR": str, "UUID": str, "BOOLEAN": bool, "DATE": date, "TIMESTAMP": datetime, "TINYINT": int,
    "SMALLINT": int, "INTEGER": int, "BIGINT": int, "HUGEINT": int, "DOUBLE": float, "FLOAT": float,
}  # fmt: skip
_CAST = {"HUGEINT": "BIGINT", "UUID": "VARCHAR"}

Convert = Callable[[Any], Any]


class Derived:
    """The GraphQL types of tables for one schema: those columns that who sees it may know."""

    def __init__(self, seen: Disclosure = "restricted") -> None:
        self._seen = OPEN_TO[seen]
        self._enums: dict[str, tuple[EnumSaid, Any]] = {}
        self._kinds: dict[str, Kind] = {}

    def query(self, name: str, tables: Iterable[str], leaving: Collection[str] = ()) -> type[Any]:
        """A query type with the questions of these tables, but for those in `leaving`."""
        asked = [question for table in tables for question in questions(table) if question.name not in leaving]
        return create_type(name, [self._field(question) for question in asked])

    def kind(self, table: str) -> "Kind":
        """The GraphQL type of a table's rows."""
        if table not in self._kinds:
            grain = catalogue().projections[table].grain
            told = self.told(columns(table).values())
            self._kinds[table] = self._kind(type_name(table), f"{grain[0].upper()}{grain[1:]}.", told)
        return self._kinds[table]

    def told(self, found: Iterable[Column]) -> list[Column]:
        """Of these columns those that are told: they have words, and who sees the schema may know them."""
        return [column for column in found if column.words and column.disclosure in self._seen]

    def _kind(self, name: str, description: str, told: Sequence[Column]) -> "Kind":
        annotations: dict[str, Any] = {}
        fields: dict[str, Any] = {}
        converts: list[Convert | None] = []
        for column in told:
            hint, convert = self._typed(column, column.kind, f"{name}{named('_' + column.name)}")
            annotations[f"{column.name}_"] = hint if column.never_null else hint | None
            fields[f"{column.name}_"] = strawberry.field(name=named(column.name), description=column.words)
            converts.append(convert)
        made = strawberry.type(type(name, (), {"__annotations__": annotations, **fields}), description=description)
        return Kind(made, tuple(told), tuple(converts))

    def _typed(self, column: Column, kind: str, name: str) -> tuple[Any, Convert | None]:
        """The type of a column's values, and what makes them from DuckDB's where that has to be done."""
        if kind.endswith("[]"):
            inner, convert = self._typed(column, kind[:-2], name)
            each = inner if column.parts else inner | None
            return list[each], (lambda values: [convert(v) for v in values or ()]) if convert else None  # type: ignore[valid-type]
        if column.parts:
            part = self._kind(name, column.words, self.told(column.parts))
            return part.type, lambda value: None if value is None else part.of(value)
        if column.enum:
            return self.enum(column.enum), None
        return _PLAIN.get(kind, float), None if kind != "TIMESTAMP" else _aware

    def enum(self, said: EnumSaid) -> Any:
        """The GraphQL enum of an Avro one, or of a life's standings; the same for all that name it."""
        known = self._enums.get(said.name)
        if known and set(known[0].values) != set(said.values):
            raise ValueError(f"there are two enums {said.name}: {known[0].values}, {said.values}")
        if not known:
            made = Enum(said.name, {value: value for value in said.values})  # type: ignore[misc]
            known = said, strawberry.enum(made, name=said.name, description=said.doc)
            self._enums[said.name] = known
        return known[1]

    def _field(self, question: Question) -> Any:
        kind = self.kind(question.table)
        connection = _connection(kind)

        def resolve(info: Info, first: int = MOST_ROWS, after: str | None = None, **given: Any) -> Any:
            return page(info, kind, question, first, after, given)

        wanted = {**self._arguments(question), **_PAGING}
        resolve.__annotations__ = {"info": Info, **wanted, "return": connection}
        resolve.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info)]
            + [_parameter(name, hint) for name, hint in wanted.items()],
            return_annotation=connection,
        )
        resolve.__name__ = question.name
        return strawberry.field(resolver=resolve, name=named(question.name), description=question.words)

    def _arguments(self, question: Question) -> dict[str, Any]:
        found = {}
        for argument in sorted(question.arguments, key=lambda each: not each.required):
            column = argument.column
            kind = self.enum(column.enum) if column and column.enum else _PLAIN.get(argument.kind, float)
            words = strawberry.argument(name=named(argument.name), description=argument.words)
            found[argument.name] = Annotated[kind if argument.required else kind | None, words]
        return found


class Kind:
    """The GraphQL type of a table's rows, and how one is made of a row's values in the order of its columns."""

    def __init__(self, made: type[Any], told: tuple[Column, ...], converts: tuple[Convert | None, ...]) -> None:
        self.type = made
        self.told = told
        self._row: Any = namedtuple(made.__name__, [f"{column.name}_" for column in told])  # type: ignore[misc]
        self._converts = [(place, convert) for place, convert in enumerate(converts) if convert]

    @property
    def selected(self) -> str:
        """The columns, for a SELECT."""
        return ", ".join(_selected(column) for column in self.told)

    def rows(self, frame: pl.DataFrame) -> list[Any]:
        """Objects of the type, one for each row of a frame whose first columns are the type's."""
        values = [frame[:, place].to_list() for place in range(len(self.told))]
        for place, convert in self._converts:
            if frame.dtypes[place].is_nested():  # a frame's own times say their zone already
                values[place] = list(map(convert, values[place]))
        return list(map(self._row._make, zip(*values, strict=True)))

    def of(self, said: Mapping[str, Any]) -> Any:
        """An object of the type, from a struct."""
        values = [said[column.name] for column in self.told]
        for place, convert in self._converts:
            values[place] = convert(values[place])
        return self._row._make(values)


def page(
    info: Info, kind: Kind, question: Question, first: int, after: str | None, given: Mapping[str, Any]
) -> Page:
    """A page of the rows that a question asks for."""
    context, moment = info.context, given.get("as_of")
    plain = {name: _given(value) for name, value in given.items() if name != "as_of"}
    asked = asked_by(question, {**plain, "as_of": moment})
    cursor = read_cursor(after, asked, len(question.order)) if after else None
    limit = max(0, min(first, MOST_ROWS))
    reach = reach_of(info, question, plain, moment)
    behind = cursor.values if cursor else None
    sql, params = question.sql(kind.selected, plain, behind, limit + 1, reach.source(question.table))
    frame = context.frame(sql, params, moment, reach.scope)
    more = frame.height > limit
    if more:
        context.note_cut(str(info.path.key), limit)
        frame = frame.head(limit)
    stand = standing(question, context.offsets)
    began = cursor.began if cursor else stand
    keys = frame.select(frame.columns[-len(question.order) :]).rows()
    found = Page(kind.rows(frame), keys, more, asked, began)
    found.moved, found.position = moment is None and began != stand, stands(context)
    return found


def _given(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return naive(value) if isinstance(value, datetime) else value


def _selected(column: Column) -> str:
    cast = "DOUBLE" if column.kind.startswith("DECIMAL") else _CAST.get(column.kind)
    return f'CAST("{column.name}" AS {cast}) AS "{column.name}"' if cast else f'"{column.name}"'


def _aware(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _connection(kind: Kind) -> type[Any]:
    name, node = kind.type.__name__, kind.type
    edge = strawberry.type(
        type(f"{name}Edge", (), {
            "__annotations__": {"node": node, "cursor": str},
            "node": strawberry.field(description="The row."),
            "cursor": strawberry.field(description="Give it as `after` for what comes behind this row."),
        }),
        description="A row with its place in the list.",
    )  # fmt: skip
    return strawberry.type(
        type(f"{name}Connection", (), {
            "__annotations__": {"nodes": list[node], "edges": list[edge], "page_info": PageInfo, "position": str},  # type: ignore[valid-type]
            "nodes": strawberry.field(description="The rows of this page."),
            "edges": strawberry.field(description="The same rows, each with a cursor."),
            "page_info": strawberry.field(description="Whether and how it goes on."),
            "position": strawberry.field(description="Where in the log the tables stood that it was read from."),
        }),
        description="A page of a list.",
    )  # fmt: skip


_PAGING: Mapping[str, Any] = {
    "first": Annotated[int, strawberry.argument(description=f"How many rows at most, up to {MOST_ROWS}.")],
    "after": Annotated[
        str | None, strawberry.argument(description="The `endCursor` of the page before, or any row's cursor.")
    ],
    "as_of": Annotated[
        datetime | None,
        strawberry.argument(description="As it was known at this moment; now where it is not given."),
    ],
}


def _parameter(name: str, hint: Any) -> inspect.Parameter:
    default: Any = inspect.Parameter.empty
    if type(None) in getattr(hint.__origin__, "__args__", ()):
        default = None
    if name == "first":
        default = MOST_ROWS
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint, default=default)
