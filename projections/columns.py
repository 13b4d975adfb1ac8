"""What a table's columns mean: said behind each in its SQL file's final list, and inherited where it is silent.

    SELECT
      i.manifest_no,                 -- !
      s.status,                      -- ! public enum life.manifest Where it stands.
      l.quantity_t AS loaded_t,      -- Tonnes; null until it is loaded.

`!` says that a column is never null. `public`, `internal` or `restricted` say who may see it, `enum x.Y` names
an enum of an Avro type of the subsystem x, or a life's standings, words say what it is. What a column doesn't
say it has from the column or Avro field of its name in the nearest source. Who may see a column that neither
says is decided by what it is computed from: the most closed of that. A part of a struct, or a column without a
line of its own, is said in the header:

    -- column items.value: ! In the unit of its limit.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import duckdb

from projections.catalogue import BadHeader, Catalogue, Projection, catalogue
from projections.layout import lay_out
from schemas.contract import AvroSchema, Disclosure, EventType, event_types
from schemas.lives import NEW, lives

_CLOSED: tuple[Disclosure, ...] = ("public", "internal", "restricted")
_SAID = re.compile(
    r"(?P<never_null>!)?\s*(?P<disclosure>public|internal|restricted)?\s*"
    r"(?:enum (?P<enum>\w+\.\w+))?\s*(?P<words>.*)",
    re.DOTALL,
)
_HEADER = re.compile(r"^-- column (?P<name>[\w.]+): (?P<said>.*)$", re.MULTILINE)
_NAME = re.compile(r'"?(\w+)"?\s*$')
_BARE = re.compile(r'(?:\w+\.)?"?(\w+)"?(?:\s+AS\s+"?\w+"?)?')
_WORD = re.compile(r"\b([a-z_][a-z0-9_]*)\b(?!\s*[.(])")
_PIECE = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|[()\[\]{},]|\n|[^-'\"()\[\]{},\n]+|-")
_FROM = re.compile(r"\bFROM\b")
_KINDS = re.compile(r"^STRUCT|\[\]$")


@dataclass(frozen=True)
class EnumSaid:
    """An enum: its name for readers, and each value with what it means, where that is said."""

    name: str
    doc: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column: `kind` is DuckDB's type; `parts` are those of the struct that it is, or is a list of."""

    name: str
    kind: str
    never_null: bool
    words: str
    enum: EnumSaid | None
    disclosure: Disclosure
    parts: "tuple[Column, ...]" = ()


class Said(NamedTuple):
    """What stands behind a column: its expression without comments, and the words of its comment."""

    code: str
    comment: str


class _Read:
    """The types that were read from an open file; None while none were."""

    types: Mapping[str, Mapping[str, str]] | None = None


def read_types(connection: duckdb.DuckDBPyConnection) -> None:
    """Have `column_types` say what the tables of a database are, laid out by the SQL of this installation.

    It spares laying them out in memory; for whoever opens the database, before anybody asks for a type.
    """
    _Read.types = _Read.types or _types_in(connection)


@cache
def column_types() -> Mapping[str, Mapping[str, str]]:
    """DuckDB's type of every column of every table: as they were read, or from tables laid out in memory."""
    if _Read.types:
        return _Read.types
    with duckdb.connect() as connection:
        lay_out(connection)
        return _types_in(connection)


def _types_in(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Mapping[str, str]]:
    rows = connection.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE NOT internal AND database_name = current_database() ORDER BY column_index"
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


@cache
def columns(table: str) -> Mapping[str, Column]:
    """The columns of a table, in their order. Raises `BadHeader` where a word says what can't be."""
    projection, types = catalogue().projections[table], column_types()[table]
    said = said_of(projection)
    if unknown := sorted(name for name, each in said.items() if each.comment and name.split(".")[0] not in types):
        raise BadHeader(f"{table}: words on columns that it has not: {', '.join(unknown)}")
    return {name: _column(projection, name, kind, said) for name, kind in types.items()}


@cache
def said_of(projection: Projection) -> Mapping[str, Said]:
    """What a SQL file says of its columns, by their names; a part of a struct is `column.part`."""
    found = {named[1]: each for each in final_list(projection.sql) if (named := _NAME.search(each.code))}
    for line in _HEADER.finditer(projection.sql):
        above = found.get(line["name"], Said("", ""))
        found[line["name"]] = Said(above.code, line["said"])
    return found


def final_list(sql: str) -> list[Said]:
    """The columns of the last SELECT: code, and the comment that begins behind it or behind its comma."""
    text = ("\n" + sql).rpartition("\nSELECT")[2]
    found: list[Said] = []
    code, comment, depth = "", "", 0
    for piece in _PIECE.findall(text):
        if piece.startswith("--"):
            words = piece[2:].strip()
            if code.strip() or not found:
                comment = f"{comment} {words}".strip()
            else:
                found[-1] = Said(found[-1].code, f"{found[-1].comment} {words}".strip())
            continue
        depth += (piece in "([{") - (piece in ")]}")
        if not depth and _FROM.search(piece):
            code += _FROM.split(piece)[0]
            break
        if piece == "," and not depth:
            found.append(Said(code, comment))
            code, comment = "", ""
        else:
            code += piece
    return [each for each in [*found, Said(code, comment)] if each.code.strip()]


def _column(projection: Projection, name: str, kind: str, said: Mapping[str, Said]) -> Column:
    code, comment = said.get(name, Said("", ""))
    own = _parsed(comment)
    last = name.rpartition(".")[2]
    from_name = _bare(code)
    inherited = _inherited(projection, last)
    enum = _enum(own["enum"]) if own["enum"] else _life_enum(projection, last, code)
    if enum is None and from_name and kind in ("VARCHAR", "VARCHAR[]") and _passed_on(projection, from_name):
        enum = _enum_of_sources(projection, from_name)
    taken_over = inherited if from_name == last or not code else None
    disclosure = _disclosed(own) or (taken_over.disclosure if taken_over else _of_inputs(projection, code))
    return Column(
        name=last,
        kind=kind,
        never_null=bool(own["never_null"]),
        words=own["words"] or (inherited.words if inherited else ""),
        enum=enum,
        disclosure=disclosure,
        parts=tuple(_column(projection, f"{name}.{part}", inner, said) for part, inner in _parts(kind)),
    )


def _parsed(comment: str) -> re.Match[str]:
    return _SAID.fullmatch(comment)  # type: ignore[return-value]  # any text fits it


def _disclosed(match: re.Match[str]) -> Disclosure | None:
    return next((each for each in _CLOSED if each == match["disclosure"]), None)


def _parts(kind: str) -> Iterator[tuple[str, str]]:
    if not _KINDS.search(kind):
        return
    parsed: Any = duckdb.sqltype(kind)
    while parsed.id == "list":
        parsed = parsed.children[0][1]
    if parsed.id == "struct":
        yield from ((name, str(inner)) for name, inner in parsed.children)


def _bare(code: str) -> str | None:
    """The name of the column that an expression is, alone; None of one that is computed."""
    match = _BARE.fullmatch(code.strip())
    return match[1] if match else None


def _passed_on(projection: Projection, name: str) -> bool:
    """Whether a column of this name can only be a source's: the file makes none, and puts no tables together."""
    return not re.search(rf"\bUNION\b|\bAS {name}\b", projection.text)


def _enum_of_sources(projection: Projection, name: str) -> EnumSaid | None:
    """The enum of a source's column; None where sources don't agree on it."""
    known = catalogue()
    found: list[EnumSaid | None] = []
    for source in projection.sources:
        if event := known.events.get(source) or event_types().get(source):
            found += [_of_field(event, event.fields[name]).enum] if name in event.fields else []
        elif name in column_types().get(source, {}):
            found.append(columns(source)[name].enum if source in known.projections else None)
    return found[0] if found and all(each == found[0] for each in found) else None


@cache
def _inherited(projection: Projection, name: str | None) -> Column | None:
    """What the nearest source says of a column of this name; who may see it, as closed as any of them says."""
    found: Column | None = None
    for source in _nearest(catalogue(), projection):
        each = _of_source(source, name) if name else None
        if each is None:
            continue
        if found is None:
            found = each
            continue
        found = replace(
            found,
            words=found.words or each.words,
            enum=found.enum if found.enum == each.enum else None,
            disclosure=max(found.disclosure, each.disclosure, key=_CLOSED.index),
        )
    return found


def _of_source(source: str, name: str) -> Column | None:
    known = catalogue()
    if event := known.events.get(source) or event_types().get(source):
        field = event.fields.get(name)
        return _of_field(event, field) if field else None
    if source in known.projections:
        return _own(known.projections[source], name)
    return None


@cache
def _own(projection: Projection, name: str) -> Column | None:
    """What a table itself says of a column, with words."""
    said = said_of(projection).get(name)
    if not said or not (match := _parsed(said.comment))["words"]:
        return None
    enum = _enum(match["enum"]) if match["enum"] else _life_enum(projection, name, said.code)
    disclosure = _disclosed(match) or _of_inputs(projection, said.code)
    return Column(name, "", False, match["words"], enum, disclosure)


def _of_field(event: EventType, field: AvroSchema) -> Column:
    kind = _without_null(field["type"])
    if isinstance(kind, dict) and kind["type"] == "array":
        kind = _without_null(kind["items"])
    enum = None
    if isinstance(kind, dict) and kind["type"] == "enum":
        enum = EnumSaid(kind["name"], kind.get("doc") or field["doc"], tuple(kind["symbols"]))
    return Column(field["name"], "", False, field["doc"], enum, event.disclosure(field["name"]))


def _without_null(kind: AvroSchema | list[AvroSchema | str] | str) -> AvroSchema | str:
    return next(branch for branch in kind if branch != "null") if isinstance(kind, list) else kind


def _nearest(known: Catalogue, projection: Projection) -> Iterator[str]:
    """All that a table follows from, the nearest first."""
    waiting: Sequence[str] = projection.sources
    seen: set[str] = set()
    while waiting:
        fresh = [name for name in dict.fromkeys(waiting) if name not in seen]
        yield from fresh
        seen |= set(fresh)
        waiting = [s for name in fresh if name in known.projections for s in known.projections[name].sources]


def _of_inputs(projection: Projection, code: str) -> Disclosure:
    """The most closed of what an expression names; of all that a table follows from, where that isn't known."""
    names = set(_WORD.findall(re.sub(r"'(?:[^']|'')*'", "", code.partition(" AS ")[0])))
    inputs = [_inherited(projection, name) for name in names]
    if not inputs or None in inputs:
        events = [known for s in _nearest(catalogue(), projection) if (known := catalogue().events.get(s))]
        each = {event.disclosure(name) for event in events for name in event.payload}
        return max(each, key=_CLOSED.index, default="internal")
    return max((each.disclosure for each in inputs if each), key=_CLOSED.index)


def _life_enum(projection: Projection, name: str, code: str) -> EnumSaid | None:
    """The standings of a life, where the column is `status` of `life(…)`."""
    life = re.search(r"\blife\((\w+)\)\s+AS\s+(\w+)\b", projection.text)
    if not life or name != "status" or not re.fullmatch(rf"\s*(?:{life[2]}\.)?status\s*", code):
        return None
    return _standings(life[1])


def _standings(life: str) -> EnumSaid:
    steps = lives()[life].steps.values()
    values = dict.fromkeys(value for step in steps for value in _reached(step.to, step.event))
    title = "".join(part.capitalize() for part in life.split("_"))
    return EnumSaid(f"{title}Status", f"Where the life of a {life.replace('_', ' ')} stands.", tuple(values))


def _reached(to: str, event: str) -> Iterator[str]:
    if to.startswith("="):
        found = _of_field(event_types()[event], event_types()[event].fields[to[1:]]).enum
        yield from found.values if found else ()
    else:
        yield from to.partition("?")[2].split(":") if "?" in to else (() if to == NEW else (to,))


def _enum(named: str) -> EnumSaid:
    subsystem, _, name = named.partition(".")
    if subsystem == "life":
        return _standings(name)
    for event in event_types().values():
        for field in event.fields.values() if event.subsystem == subsystem else ():
            found = _of_field(event, field).enum
            if found and found.name == name:
                return found
    raise BadHeader(f"there is no enum {named}")
