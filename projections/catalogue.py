"""What the SQL files say: each is one table, and its header says grain, sources, key and what affects it.

    -- one row per <grain>; from <schema.table or event type>, …
    -- kind: append | view | constant | last (where silent: a table that is recomputed by key; `last` is one too)
    -- key: <column>, …
    -- affects <source>: <SELECT of key columns FROM changed>
    -- fine: <SELECT of site_id, period, observed_at FROM wanted>

A keyed table's SQL selects the rows of the keys in `wanted`. `changed` stands for what came or changed in a
source: rows of an event table, keys of another, and of new statements site_id, period, observed_at and topic. Where
a source has all key columns and no `affects` line, those columns of `changed` are the keys; what `append` tables
gained must be said by an `affects` line.

Fine readings may have left `base.reading` for the archive (`projections/history.py`). A `fine` line says on which
periods of sites a table reads such; where silent, those that are its key, if that has a period, or else none.

Of a thing whose life is a table (`schemas/lives.py`) a file may say `life(<name>)` and `due(<name>, <what>)`:

    life(case)           one row per thing: its key, status, status_since (UTC) and recorded_at
    due(case, payment)   one row per thing that owes a step: its key, the due day or time by the law in force on the
                         day that it is counted from, and done_at, when the step was taken (null while it is not)

Of places, which the contract calls so, a file may say, `places` being the registrations among its sources:

    places()             one row per registration of a place: its theme, its kind and what it says
    place(outfall)       one row per place of a kind that its id was claimed for: the last word of its register

Of anything that events of the contract are about: `last(base.case_filed)`, the last of them on each (`lasts.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Literal

from projections import lasts
from schemas.contract import EventType, event_types, place_kinds
from schemas.lives import Life, Step, TimeLimit, lives

FOLDER = Path(__file__).parent

Kind = Literal["keyed", "append", "view", "constant"]

_FIRST_LINE = re.compile(r"-- (?P<grain>one row per .+); from (?P<sources>[\w., ]+)$")
_LINE = re.compile(r"-- (?P<word>kind|key|fine|affects (?P<source>[\w.]+)): (?P<said>.+)$")

_OWN_PERIOD = "SELECT site_id, period, observed_at FROM wanted"

_PHRASES = re.compile(r"\b(?P<word>life|due)\((?P<name>\w+)(?:, (?P<what>\w+))?\)")
_PLACE = re.compile(r"\bplaces?\((?P<kind>\w*)\)")
_CODE = re.compile(r"^(?!--).*$", re.MULTILINE)
_TOPIC = re.compile(r"WHERE topic = '([\w.]+)'")
_PERIOD = re.compile(r"(?:WHERE|AND) period = '(\w+)'")
_FINE = re.compile(r"WHERE is_fine\(period\)")
_NOT_FINE = frozenset({"HOUR", "DAY"})


class BadHeader(Exception):
    """A SQL file whose header can't be understood."""


@dataclass(frozen=True, eq=False)
class Projection:
    """One SQL file: `name` is `<folder>.<file>`, as the table is called; `text` is the file as it stands."""

    name: str
    kind: Kind
    grain: str
    sources: tuple[str, ...]
    key: tuple[str, ...]
    affects: Mapping[str, str]
    sql: str
    text: str
    fine: str | None = None


@dataclass(frozen=True)
class Stated:
    """What the statements that come together are of, and whether any reading has left the tables."""

    topics: frozenset[str]
    periods: frozenset[str]
    archives: bool

    def concern(self, selected: str) -> bool:
        """Whether keys can follow from them by an `affects` line: it may ask for others than they are."""
        topic, period = _TOPIC.search(selected), _PERIOD.search(selected)
        return (
            (not topic or topic[1] in self.topics)
            and (not period or period[1] in self.periods)
            and (not _FINE.search(selected) or bool(self.periods - _NOT_FINE))
            and (self.archives or "base.history_archived" not in selected)
        )


@dataclass(frozen=True)
class Catalogue:
    """Every table there is: `events` by the base table that keeps them, projections in dependency order."""

    events: Mapping[str, EventType]
    projections: Mapping[str, Projection]

    def of_kind(self, kind: Kind) -> list[Projection]:
        return [projection for projection in self.projections.values() if projection.kind == kind]

    def closure(self, names: set[str]) -> set[str]:
        """The names and everything that they follow from."""
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(self.projections[name].sources if name in self.projections else ())
        return reached

    def following(self, names: set[str]) -> dict[str, list[str]]:
        """The tables and views that follow from some of these, others than they, each with those of them."""
        return {
            name: sorted(causes)
            for name in self.projections
            if name not in names and (causes := self.closure({name}) & names)
        }


@cache
def catalogue() -> Catalogue:
    """The catalogue of this installation. Raises `BadHeader`."""
    found = [_parsed(path) for path in sorted(FOLDER.glob("*/*.sql"))]
    by_name = {projection.name: projection for projection in found}
    order = TopologicalSorter({p.name: [s for s in p.sources if s in by_name] for p in found})
    events = {f"base.{t.event}": t for t in event_types().values() if t.aggregate}
    return Catalogue(events, {name: by_name[name] for name in order.static_order()})


def affected(projection: Projection, source: str) -> str | None:
    """SQL that turns `changed` of a source into a projection's keys; None where nothing follows from it."""
    if source in projection.affects:
        return projection.affects[source]
    upstream = catalogue().projections.get(source)
    if source.startswith("standards.") or (upstream and upstream.kind != "keyed"):
        return None
    return f"SELECT {', '.join(projection.key)} FROM changed"


def keys_after(projection: Projection, changed: Mapping[str, str], stated: Stated | None = None) -> str | None:
    """SQL of the keys to recompute, where `changed` names a relation for each source that has one.

    Where `stated` says what statements came, lines that ask for others are passed over.
    """
    parts = [
        f"(WITH changed AS (FROM {changed[source]}) {selected})"
        for source in projection.sources
        if source in changed
        and (selected := affected(projection, source))
        and (stated is None or source != "base.observation" or stated.concern(selected))
    ]
    return f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)})" if parts else None


def narrowed(view: str, narrower: Mapping[str, str]) -> str:
    """SQL of a view that reads others in place of some of its sources, through the views between them too.

    It is for what a filter doesn't get through: windows, and spans that are made of many days. `narrower` says what
    stands for a source, as `FROM source WHERE condition`: it must let through all that the rows which are asked for
    follow from.
    """
    projection, sql = catalogue().projections[view], catalogue().projections[view].sql
    for name in projection.sources:
        if name in narrower:
            inner = narrower[name]
        elif _is_view(name) and narrower.keys() & catalogue().closure({name}):
            inner = narrowed(name, narrower)
        else:
            continue
        first, *parts = re.split(rf"\b(FROM|JOIN) {re.escape(name)}\b", sql)
        sql = first + "".join(
            f"{word} ({inner}\n){rest}" for word, rest in zip(parts[::2], parts[1::2], strict=True)
        )
    return sql


def readings_of(statements: str) -> str:
    """SQL of the readings of the statements in a relation, as `base.reading` has them."""
    sql = catalogue().projections["base.reading"].sql
    return re.sub(r"\bFROM incoming\b", f"FROM {statements}", sql)


def _is_view(name: str) -> bool:
    return name in catalogue().projections and catalogue().projections[name].kind == "view"


def all_keys(projection: Projection) -> str:
    """SQL of every key that the sources, as they are now, hold."""
    keys = keys_after(projection, {source: source for source in projection.sources})
    if keys is None:
        raise BadHeader(f"{projection.name}: nothing affects it; say what does in an `affects` line")
    return keys


def _parsed(path: Path) -> Projection:
    name, sql = f"{path.parent.name}.{path.stem}", path.read_text(encoding="utf-8")
    first, *rest = sql.splitlines()
    opening = _FIRST_LINE.match(first)
    if not opening:
        raise BadHeader(f"{path}: the first line must read `-- one row per <grain>; from <sources>`")
    lines = [match for match in map(_LINE.match, rest) if match]
    said = {match["word"]: match["said"] for match in lines}
    if "key" not in said:
        raise BadHeader(f"{path}: there is no line `-- key: <columns>`")
    sources = tuple(_sources(opening["sources"]))
    key = tuple(column.strip() for column in said["key"].split(","))
    text, last = sql, said.get("kind") == "last"
    if last:
        sql = lasts.file_in_full(text, sources[0], event_types().values())
    kind = _kind("keyed" if last else said.get("kind", "keyed"), path)
    return Projection(
        name=name,
        kind=kind,
        grain=opening["grain"],
        sources=sources,
        key=key,
        affects={match["source"]: match["said"] for match in lines if match["source"]},
        sql=_in_full(sql, kind == "keyed", key),
        text=text,
        fine=said.get("fine", _OWN_PERIOD if "base.reading" in sources and "period" in key else None),
    )


def _sources(said: str) -> list[str]:
    return [
        source
        for each in said.split(",")
        for source in (map(_base, _registrations()) if each.strip() == "places" else [each.strip()])
    ]


def _registrations() -> list[str]:
    return [event_type.name for event_type in place_kinds().values()]


def _kind(said: str, path: Path) -> Kind:
    kinds: dict[str, Kind] = {"keyed": "keyed", "append": "append", "view": "view", "constant": "constant"}
    if said not in kinds:
        raise BadHeader(f"{path}: kind {said!r} is none of {', '.join(kinds)}")
    return kinds[said]


def _in_full(sql: str, keyed: bool, key: tuple[str, ...]) -> str:
    """The SQL with its phrases spelt out. Raises `KeyError` for a life, time limit or place that there is not."""

    def spelt_out(found: re.Match[str]) -> str:
        life = lives()[found["name"]]
        if found["word"] == "life":
            return _life(life, keyed)
        limits = {limit.what: limit for limit in life.time_limits}
        return _due(life, limits[found["what"]], keyed)

    def placed(found: re.Match[str]) -> str:
        wanted = " SEMI JOIN wanted USING (site_id)" if keyed and "site_id" in key else ""
        return _place(found["kind"], wanted) if found["kind"] else _places(wanted)

    def line_in_full(line: re.Match[str]) -> str:
        return lasts.spelt_out(
            _PLACE.sub(placed, _PHRASES.sub(spelt_out, line[0])), key, keyed, event_types().values()
        )

    return _CODE.sub(line_in_full, sql)


def _places(wanted: str) -> str:
    parts = [
        f"SELECT '{event_type.subsystem}' AS theme, '{kind}' AS kind, * FROM {_base(event_type.name)}{wanted}"
        for kind, event_type in place_kinds().items()
    ]
    return f"({' UNION ALL BY NAME '.join(parts)})"


def _place(kind: str, wanted: str) -> str:
    return (
        f"(FROM {_base(place_kinds()[kind].name)}{wanted}"
        f" SEMI JOIN (FROM base.site WHERE kind = '{kind}') AS claimed USING (site_id)"
        " QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY sequence DESC, event_id) = 1)"
    )


def _life(life: Life, keyed: bool) -> str:
    key = ", ".join(life.key)
    parts = [
        f"SELECT {key}, {_standing(step)} AS status, sequence, occurred_at, recorded_at FROM {_base(step.event)}"
        for step in life.steps.values()
    ]
    return (
        f"(SELECT {key}, arg_max(status, sequence) AS status, arg_max(occurred_at, sequence) AS status_since,"
        f" max(recorded_at) AS recorded_at FROM ({_all(parts, life, keyed)}) GROUP BY {key})"
    )


def _due(life: Life, limit: TimeLimit, keyed: bool) -> str:
    key = ", ".join(life.key)
    same = " AND ".join(f"e.{name} = c.{name}" for name in life.key)
    needs = f" WHERE {limit.needs} > 0" if limit.needs else ""
    value = f"CAST({limit.of_field} AS VARCHAR)" if limit.of_field else "''"
    counted = [
        f"SELECT {key}, '{event}' AS event, {value} AS of_value, occurred_at AS counted_at, sequence"
        f" FROM {_base(event)}{needs}"
        for event in limit.counted_from
    ]
    ended = [f"SELECT {key}, occurred_at, sequence FROM {_base(event)}" for event in limit.ended_by]
    none = f"SELECT {key}, occurred_at, sequence FROM {_base(limit.counted_from[0])} WHERE false"
    last = f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY sequence DESC) = 1"
    return (
        f"(SELECT {', '.join(f'c.{name}' for name in life.key)}, {_due_column(limit)} AS {limit.column},"
        f" (SELECT min(e.occurred_at) FROM ({_all(ended or [none], life, keyed)}) AS e"
        f" WHERE {same} AND e.sequence > c.sequence) AS done_at"
        f" FROM (FROM ({_all(counted, life, keyed)}) {last}) AS c JOIN standards.time_limit AS t"
        f" ON t.life = '{life.name}' AND t.what = '{limit.what}' AND t.counted_from = c.event"
        " AND coalesce(CAST(t.of_value AS VARCHAR), '') = c.of_value"
        " AND local_day(c.counted_at) BETWEEN t.in_force_from AND coalesce(t.in_force_until, DATE '9999-12-31'))"
    )


def _due_column(limit: TimeLimit) -> str:
    if limit.hourly:
        return "c.counted_at + to_hours(t.amount)"
    return (
        "CAST(CASE t.unit WHEN 'month' THEN local_day(c.counted_at) + to_months(CAST(t.amount AS INTEGER))"
        " ELSE local_day(c.counted_at) + CAST(t.amount AS INTEGER) END AS DATE)"
    )


def _standing(step: Step) -> str:
    if step.to.startswith("="):
        return step.to[1:]
    if "?" in step.to:
        field, _, choice = step.to.partition("?")
        either, other = choice.split(":")
        return f"if({field}, '{either}', '{other}')"
    return f"'{step.to}'"


def _all(parts: list[str], life: Life, keyed: bool) -> str:
    return " UNION ALL ".join(_wanted(part, life) if keyed else part for part in parts)


def _wanted(part: str, life: Life) -> str:
    selected, where, condition = part.partition(" WHERE ")
    return f"{selected} SEMI JOIN wanted USING ({', '.join(life.key)}){where}{condition}"


def _base(event: str) -> str:
    return f"base.{event.partition('.')[2]}"
