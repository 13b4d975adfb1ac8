"""What the platform is really told: known factors at registered places, over all the range that is let through."""

import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any

import duckdb
from fastavro import parse_schema, schemaless_writer
from hypothesis import strategies as st

from eventlog.codec import Event
from eventlog.log import Draft
from schemas.contract import event_types
from schemas.ids import Entry, registry
from schemas.standards import factors, marks
from tests.contract.avro_values import extreme
from tests.factories import NOON, envelope, lake, observation, outfall, place, section, source_monitor

BEYOND = 1e10
"""From here on a quantity is impossible, and enters no conclusion: `beyond_measure` in projections/macros.sql."""

HIGHEST = math.nextafter(BEYOND, 0)
EDGES = (0.0, 1e-9, 5e-7, 0.5, 7.0, 999_999.0, 1e6, 9_999_999.0, 1e9, 9_999_999_999.999_96, HIGHEST)
"""Quantities at which arithmetic turns, all of them possible."""

MEASURES = st.one_of(
    st.sampled_from([*EDGES, *(-value for value in EDGES), BEYOND, -BEYOND, 999.9]),
    st.floats(-BEYOND, BEYOND),
    st.floats(),
)
MARKS = st.sampled_from(["", "", "<", *sorted(marks())])


def known_factors(subsystem: str) -> list[str]:
    """Every factor that the standards know of a subsystem."""
    return [code for code, factor in factors().items() if subsystem in factor.subsystems]


@dataclass(frozen=True, slots=True)
class Written(Event):
    """An event as some version of the platform wrote it."""

    schema_id: int


def versions(name: str) -> list[Entry]:
    """Every schema that events of a type were ever written with, the oldest first."""
    return [entry for entry in registry().entries.values() if entry.event == name]


def as_written(events: Iterable[Event]) -> list[Draft]:
    """The events ready to be appended, each by the schema that it was written with, else the newest."""
    ready = []
    for schema_id, run in groupby(events, key=_schema_of):
        said = list(run)
        topic = event_types()[said[0].type].topic
        keys = [event.fields["subject"] for event in said]
        ready.append(Draft(topic, schema_id, keys, [_datum(schema_id, event.fields) for event in said]))
    return ready


def aged(event: Event, entry: Entry) -> Written:
    """The same event as a version before would have written it."""
    return Written(
        event.type, {field["name"]: event.fields[field["name"]] for field in entry.schema["fields"]}, entry.id
    )


@st.composite
def of_any_version(draw: st.DrawFn, events: st.SearchStrategy[Event]) -> Event:
    """The events, each as one of the versions of its schema that can say it has it."""
    event = draw(events)
    entry = draw(st.sampled_from([entry for entry in versions(event.type) if _can_say(entry, event)]))
    return event if entry == registry().newest(event.type) else aged(event, entry)


def _can_say(entry: Entry, event: Event) -> bool:
    """Whether a version's enums know the event's values."""
    kinds = {field["name"]: field["type"] for field in entry.schema["fields"]}
    enums = {name: kind["symbols"] for name, kind in kinds.items() if isinstance(kind, dict) and "symbols" in kind}
    return all(event.fields[name] in symbols for name, symbols in enums.items())


def _schema_of(event: Event) -> int:
    return event.schema_id if isinstance(event, Written) else registry().newest(event.type).id


def _datum(schema_id: int, fields: Mapping[str, Any]) -> bytes:
    target = io.BytesIO()
    schemaless_writer(target, _parsed(schema_id), fields)
    return target.getvalue()


@cache
def _parsed(schema_id: int) -> Any:
    return parse_schema(json.loads(json.dumps(registry().entry(schema_id).schema)))


def places(connection: duckdb.DuckDBPyConnection) -> Iterator[Event]:
    """A place of every kind that things are measured at, judged by every standard that there is."""
    yield from (_plain(name) for name, type_ in event_types().items() if _is_place(type_.fields))
    yield lake("a-lake", target_class=2)
    for body, name in (("RIVER", "water.river_registered"), ("LAKE", "a-lake")):
        yield section(f"section-{body}", water_body_id=name, water_body_kind=body, target_class=1)
    for number, (standard, scope, level) in enumerate(_rows(connection, "standards.discharge_limit")):
        named = {"discharge_standard": standard, "discharge_scope": scope, "discharge_level": level}
        yield outfall(f"outfall-{number}", **named)
    limits = _rows(connection, "standards.source_limit", "watches, standard, scope, level")
    for number, (watches, standard, scope, level) in enumerate(limits):
        at = _REGISTERED.get(watches, "an-enterprise")
        yield source_monitor(f"monitor-{number}", watches, at, standard=standard, scope=scope, level=level)
    yield source_monitor("monitor-permitted", "STACK", "permitted")


_REGISTERED = {"DUST_SOURCE": "air.dust_source_registered", "CATERING": "air.catering_registered"}


def permit(limits: Iterable[float], number: str = "1") -> Event:
    """A permit of what `monitor-permitted` watches, with a limit for each factor of the air, over and over."""
    named, given = known_factors("air"), list(limits)
    return Event(
        "enforcement.permit_granted",
        {
            **envelope(f"permit/{number}", limits=repr(given)),
            "permit_no": number,
            "enterprise_id": "permitted",
            "management": "KEY",
            "valid_from": date(2000, 1, 1),
            "valid_until": date(2100, 1, 1),
            "factors": named,
            "limits": [given[n % len(given)] for n in range(len(named))],
        },
    )


def measured(subsystem: str, site_id: str, at: datetime, value: float, mark: str, period: str = "HOUR") -> Event:
    """All that a subsystem knows is measured at once, and all of it is so much."""
    readings = dict.fromkeys(known_factors(subsystem), value)
    return observation(
        site_id, at, readings, subsystem=subsystem, period=period, marks=dict.fromkeys(readings, mark)
    )


@st.composite
def measurements(draw: st.DrawFn, sites: list[str]) -> Event:
    """An observation of known factors at a registered place."""
    subsystem = draw(st.sampled_from(["air", "water"]))
    named = draw(st.lists(st.sampled_from(known_factors(subsystem)), unique=True, min_size=1, max_size=40))
    few = draw(st.lists(MEASURES, min_size=1, max_size=4))
    mark = draw(MARKS)
    return observation(
        draw(st.sampled_from(sites)),
        NOON + timedelta(hours=draw(st.integers(0, 30))),
        {factor: few[n % len(few)] for n, factor in enumerate(named)},
        subsystem=subsystem,
        period=draw(st.sampled_from(["HOUR", "HOUR", "DAY", "MINUTE", "REALTIME"])),
        marks=dict.fromkeys(named, mark),
        statement=draw(st.integers(1, 2)),
        reviewed=draw(st.booleans()),
    )


@st.composite
def wild(draw: st.DrawFn, name: str, identities: st.SearchStrategy[str]) -> Written:
    """An event of any version with any values, of few things, so that what follows from them meets."""
    entry = draw(st.sampled_from(versions(name)))
    fields: dict[str, Any] = {f["name"]: draw(extreme(f["type"])) for f in entry.schema["fields"]}
    for field in fields:
        if field == "subject" or (field.endswith(("_id", "_no")) and field != "event_id"):
            fields[field] = draw(identities)
    return Written(name, {**fields, "previous": None}, entry.id)


def _plain(name: str) -> Event:
    """A registration that says no more than it must."""
    fields = event_types()[name].fields
    aggregate = event_types()[name].aggregate
    said = {field: _least(schema["type"]) for field, schema in fields.items() if field not in _OF_A_PLACE}
    return place(name, str(aggregate), name, **said)


_OF_A_PLACE = {
    *envelope(""),
    *("site_id", "name_zh", "name_en", "lon", "lat", "position_quality", "position_source"),
}


def _is_place(fields: Mapping[str, Any]) -> bool:
    return set(fields) >= _OF_A_PLACE


def _least(kind: Any) -> Any:
    if isinstance(kind, list):
        return None
    if isinstance(kind, dict):
        return (
            kind["symbols"][0]
            if kind["type"] == "enum"
            else []
            if kind["type"] == "array"
            else _least(kind["type"])
        )
    return {"string": "x", "boolean": True, "double": 1.0}.get(kind, 1)


def _rows(connection: duckdb.DuckDBPyConnection, table: str, columns: str = "standard, scope, level") -> list[Any]:
    return connection.execute(f"SELECT DISTINCT {columns} FROM {table} ORDER BY ALL").fetchall()
