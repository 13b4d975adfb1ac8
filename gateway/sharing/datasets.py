"""Data sets: each told table under its own name, with the columns that a caller may see.

A table is a caller's data set where they may see all columns of its key: rows that can't be told apart are none.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gateway.sharing.told import told
from projections.asked import Argument, Order, Question
from projections.catalogue import Projection, catalogue
from projections.columns import Column, columns
from schemas.contract import OPEN_TO, Disclosure, place_kinds

PLAIN = frozenset(
    {
        "VARCHAR",
        "UUID",
        "BOOLEAN",
        "DATE",
        "TIMESTAMP",
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "DOUBLE",
    }
)
"""Types of columns that rows can be asked for by."""

_ARROW = {"HUGEINT": "BIGINT", "UUID": "VARCHAR"}
_TIMES = {"DATE", "TIMESTAMP"}

Place = Literal["own", "site", "none"]


@dataclass(frozen=True, eq=False)
class DataSet:
    """A table as one class of callers sees it. `place` says whose position its rows have."""

    name: str
    projection: Projection
    columns: tuple[Column, ...]
    place: Place
    seen: Disclosure

    @property
    def selected(self) -> str:
        """The columns, for a SELECT."""
        return ", ".join(f'{_expression(each, self.seen)} AS "{each.name}"' for each in self.columns)

    @property
    def packed(self) -> str:
        """The columns, for a `struct_pack`."""
        return ", ".join(f'"{each.name}" := {_expression(each, self.seen)}' for each in self.columns)

    @property
    def placed(self) -> str:
        """What stands behind FROM where rows are read with their positions, `place_lon` and `place_lat`."""
        if self.place == "own":
            return f"(SELECT *, lon AS place_lon, lat AS place_lat FROM {self.name})"
        return f"{self.name} LEFT JOIN ({positions(self.seen)}) USING (site_id)"

    @property
    def time(self) -> str | None:
        """The column of the key that says when; None where it has none."""
        named = {column.name: column.kind for column in self.columns}
        return next((name for name in self.projection.key if named[name] in _TIMES), None)

    @property
    def question(self) -> Question:
        """Rows by any column that may be seen, in order of the key."""
        arguments = [each for column in self.columns for each in _arguments(column)]
        order = tuple(Order(f'"{name}"', False) for name in self.projection.key)
        grain = self.projection.grain
        return Question(self.name, self.name, f"{grain[0].upper()}{grain[1:]}.", tuple(arguments), order, None)


@cache
def data_sets(seen: Disclosure) -> Mapping[str, DataSet]:
    """The data sets of a class of callers, in order of name."""
    found = {}
    for name, projection in sorted(catalogue().projections.items()):
        shown = told(columns(name).values(), seen)
        names = {column.name for column in shown}
        if set(projection.key) <= names:
            found[name] = DataSet(name, projection, tuple(shown), _place(name, names), seen)
    return found


def positions(seen: Disclosure) -> str:
    """SQL of the positions of sites, of those kinds of which the contract lets these callers see where they are."""
    kinds = [kind for kind, event in place_kinds().items() if event.disclosure("lon") in OPEN_TO[seen]]
    return f"SELECT site_id, lon AS place_lon, lat AS place_lat FROM base.site WHERE kind IN ({_listed(kinds)})"


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _place(name: str, shown: Collection[str]) -> Place:
    if {"lon", "lat"} <= set(shown):
        return "own"
    if "lon" in columns(name):
        return "site" if name == "base.site" else "none"
    return "site" if "site_id" in shown else "none"


def _expression(column: Column, seen: Disclosure, value: str = "") -> str:
    """SQL of a column's values as they are handed on: of structs those parts that may be seen."""
    value = value or f'"{column.name}"'
    if column.parts:
        parts = ", ".join(
            f'"{part.name}" := {_expression(part, seen, f"x.{chr(34)}{part.name}{chr(34)}")}'
            for part in told(column.parts, seen)
        )
        if column.kind.endswith("[]"):
            return f"list_transform({value}, lambda x: struct_pack({parts}))"
        return f"(SELECT if(x IS NULL, NULL, struct_pack({parts})) FROM (SELECT {value} AS x))"
    cast = "DOUBLE" if column.kind.startswith("DECIMAL") else _ARROW.get(column.kind)
    return f"CAST({value} AS {cast})" if cast else value


def _arguments(column: Column) -> list[Argument]:
    if column.kind not in PLAIN:
        return []
    name = column.name
    found = [Argument(name, column.kind, False, f'"{name}" = ${name}', column.words, column)]
    if column.kind in _TIMES:
        upper, words = (
            ("<=", "Until that day, itself included.") if column.kind == "DATE" else ("<", "Before then.")
        )
        since, until = f"{name}_since", f"{name}_until"
        found.append(Argument(since, column.kind, False, f'"{name}" >= ${since}', "From then on."))
        found.append(Argument(until, column.kind, False, f'"{name}" {upper} ${until}', words))
    return found
