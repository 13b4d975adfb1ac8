"""Which questions a table answers, as its SQL file says, and the SQL of one that is asked.

    -- ask tanks(enterprise_id?, meets?, since..until? of inspected_on): ORDER BY tank_id
    --   Tanks in order of their codes; with `meets: false` those below the requirement.
    --   overdue_on? DATE: state = 'OPEN' AND due_on < $overdue_on; Those with a problem due before that day.

Arguments in brackets are columns, `?` where they may be left out; `since..until of` a column is a window:
[since, until) of a time, both days included of a day. An indented line with a type and a colon is an argument
of its own, with the condition that it sets where it is given, and its words; other indented lines are the
question's words.

Rows come in an order that is total: what ORDER BY names, then the key. A page goes on behind the last row of
the page before by the values of that order, so rows that come or go meanwhile shift nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from projections.catalogue import BadHeader, Projection, catalogue
from projections.columns import Column, columns

_ASK = re.compile(
    r"^-- ask (?P<name>\w+)\((?P<arguments>[^)]*)\): ORDER BY (?P<order>.+)\n(?P<below>(?:--   .*\n)*)",
    re.MULTILINE,
)
_WINDOW = re.compile(r"since\.\.until(?P<optional>\??) of (?P<column>\w+)")
_CONDITION = re.compile(r"(?P<name>\w+)(?P<optional>\??) (?P<kind>[A-Z]+): (?P<sql>[^;]+); (?P<words>.+)")
_COMMA = re.compile(r",\s*(?![^(]*\))")

Row = Sequence[Any]


@dataclass(frozen=True)
class Argument:
    """What may or must be given; `sql` is the condition that it sets, `column` the one that it is compared with."""

    name: str
    kind: str
    required: bool
    sql: str
    words: str
    column: Column | None = None


@dataclass(frozen=True)
class Order:
    """A term of an order: an expression, and whether the highest comes first. Null comes last."""

    sql: str
    descending: bool


@dataclass(frozen=True, eq=False)
class Question:
    """One question that a table answers."""

    name: str
    table: str
    words: str
    arguments: tuple[Argument, ...]
    order: tuple[Order, ...]
    time: str | None

    def sql(
        self, selected: str, given: Mapping[str, Any], after: Row | None, most: int, source: str = ""
    ) -> tuple[str, dict[str, Any]]:
        """SQL of the rows that come behind `after`, so many at most, and what it is asked with.

        Behind the selected columns stand those of the order, named `_0`, `_1` and so on. What is given as None is
        not given. `source` stands for the table where something else is read in its place.
        """
        used = {name: value for name, value in given.items() if value is not None}
        conditions = [f"({argument.sql})" for argument in self.arguments if argument.name in used]
        params = dict(used)
        if after is not None:
            conditions.append(self._behind(after))
            params |= {f"_{place}": value for place, value in enumerate(after) if value is not None}
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        keys = ", ".join(f'{each.sql} AS "_{place}"' for place, each in enumerate(self.order))
        terms = ", ".join(f"{each.sql}{' DESC' if each.descending else ''} NULLS LAST" for each in self.order)
        return f"SELECT {selected}, {keys} FROM {source or self.table}{where} ORDER BY {terms} LIMIT {most}", params

    def _behind(self, after: Row) -> str:
        """The condition on rows that come behind one with these values."""
        parts: list[str] = []
        alike: list[str] = []
        for place, (each, value) in enumerate(zip(self.order, after, strict=True)):
            if value is not None:
                beyond = f"{each.sql} {'<' if each.descending else '>'} $_{place}"
                parts.append(" AND ".join([*alike, f"({beyond} OR {each.sql} IS NULL)"]))
            alike.append(f"{each.sql} IS NULL" if value is None else f"{each.sql} = $_{place}")
        return "(" + (" OR ".join(f"({part})" for part in parts) or "false") + ")"


@cache
def questions(table: str) -> tuple[Question, ...]:
    """The questions that a table answers. Raises `BadHeader`."""
    projection = catalogue().projections[table]
    found = tuple(_question(projection, match) for match in _ASK.finditer(projection.text))
    if len(found) != len(re.findall(r"^-- ask ", projection.text, re.MULTILINE)):
        raise BadHeader(f"{table}: an `ask` line reads `-- ask name(argument?, …): ORDER BY column, …`")
    return found


def asked_tables() -> Iterator[str]:
    """The tables that answer questions, in order of name."""
    return (name for name in sorted(catalogue().projections) if questions(name))


def _question(projection: Projection, match: re.Match[str]) -> Question:
    said = [line.removeprefix("--   ") for line in match["below"].splitlines()]
    conditions = [found for line in said if (found := _CONDITION.fullmatch(line))]
    words = [line for line in said if not _CONDITION.fullmatch(line)]
    named = [name for name in map(str.strip, match["arguments"].split(",")) if name]
    window = next((found for name in named if (found := _WINDOW.fullmatch(name))), None)
    arguments = [each for name in named for each in _arguments(projection, name)]
    arguments += [Argument(c["name"], c["kind"], not c["optional"], c["sql"], c["words"]) for c in conditions]
    return Question(
        name=match["name"],
        table=projection.name,
        words=" ".join(words) or f"{projection.grain[0].upper()}{projection.grain[1:]}.",
        arguments=tuple(arguments),
        order=_order(projection, match["order"]),
        time=window["column"] if window else None,
    )


def _arguments(projection: Projection, said: str) -> Iterator[Argument]:
    told = columns(projection.name)
    window = _WINDOW.fullmatch(said)
    name = window["column"] if window else said.removesuffix("?")
    if name not in told:
        raise BadHeader(f"{projection.name}: it is asked by {name!r}, and has no such column")
    column = told[name]
    if window:
        day, required = column.kind == "DATE", not window["optional"]
        yield Argument("since", column.kind, required, f'"{name}" >= $since', "From then on.")
        until = ("<=", "Until that day, itself included.") if day else ("<", "Before then.")
        yield Argument("until", column.kind, required, f'"{name}" {until[0]} $until', until[1])
    else:
        yield Argument(name, column.kind, not said.endswith("?"), f'"{name}" = ${name}', column.words, column)


def _order(projection: Projection, said: str) -> tuple[Order, ...]:
    terms = [term.strip() for term in _COMMA.split(said)]
    found = [Order(_quoted(term.removesuffix(" DESC")), term.endswith(" DESC")) for term in terms]
    named = {each.sql for each in found}
    return (*found, *(Order(f'"{key}"', False) for key in projection.key if f'"{key}"' not in named))


def _quoted(term: str) -> str:
    return f'"{term}"' if term.isidentifier() else term


def plain(value: Any) -> Any:
    """A value of an order as JSON has it; `valued` is its inverse."""
    if isinstance(value, datetime):
        return {"at": value.replace(tzinfo=None).isoformat()}
    return {"on": value.isoformat()} if isinstance(value, date) else value


def valued(said: Any) -> Any:
    """A value of an order that JSON has told. Raises `ValueError` where it is none."""
    if isinstance(said, dict):
        if set(said) == {"at"}:
            return datetime.fromisoformat(said["at"])
        if set(said) == {"on"}:
            return date.fromisoformat(said["on"])
        raise ValueError(said)
    if isinstance(said, list):
        raise ValueError(said)
    return said
