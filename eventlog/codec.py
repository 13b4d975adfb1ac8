"""Events to Avro datums and back, one by one: the row-wise side, used for writing and for few events."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from fastavro import parse_schema, schemaless_reader, schemaless_writer

from eventlog.log import Batch, Draft
from schemas.contract import ENVELOPE, event_types
from schemas.ids import UnknownSchema, registry

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A fact: its type (`air.station_registered`) and all its fields, the envelope's among them.

    `datum` is what they are in Avro, where whoever made it has encoded it already.
    """

    type: str
    fields: Fields
    datum: bytes | None = field(default=None, compare=False, repr=False, kw_only=True)


@cache
def _parsed(schema_id: int) -> Any:
    return parse_schema(json.loads(json.dumps(registry().entry(schema_id).schema)))


def encode(event: Event) -> bytes:
    """The event's datum under the newest schema of its type.

    Times may be `datetime` or integer microseconds. Raises `ValueError` where a field is missing or of
    another type than the schema's.
    """
    if event.datum is not None:
        return event.datum
    target = io.BytesIO()
    try:
        schemaless_writer(target, _parsed(registry().newest(event.type).id), event.fields)
    except (TypeError, ValueError, KeyError) as error:
        raise ValueError(f"{event.type}: the fields do not fit the schema: {error}") from error
    return target.getvalue()


def decode(schema_id: int, datums: bytes, count: int) -> Iterator[dict[str, Any]]:
    """The fields of each of `count` concatenated datums, as their writer's schema has them."""
    source, schema = io.BytesIO(datums), _parsed(schema_id)
    for _ in range(count):
        fields: Any = schemaless_reader(source, schema, None)
        yield fields


def envelope(schema_id: int, datum: bytes) -> dict[str, Any] | None:
    """The envelope's fields of one datum, which stand first in it; None where they can't be read."""
    try:
        fields: Any = schemaless_reader(io.BytesIO(datum), _envelope(schema_id), None)
    except (EOFError, ValueError, TypeError, IndexError, KeyError, OverflowError, UnknownSchema):
        return None
    return dict(fields)


def decode_envelopes(batch: Batch) -> Iterator[dict[str, Any] | None]:
    """The envelope of each event of a batch; None for those that can't be read."""
    if batch.sizes is not None:
        at = 0
        for size in batch.sizes:
            yield envelope(batch.schema_id, batch.datums[at : at + size])
            at += size
        return
    try:
        yield from decode(batch.schema_id, batch.datums, batch.count)
    except (EOFError, ValueError, TypeError, IndexError, KeyError, OverflowError, UnknownSchema):
        yield None


@cache
def _envelope(schema_id: int) -> Any:
    schema = dict(registry().entry(schema_id).schema)
    schema["fields"] = schema["fields"][: len(ENVELOPE)]
    return parse_schema(json.loads(json.dumps(schema)))


def drafts(events: Iterable[Event]) -> list[Draft]:
    """The events ready to be appended: neighbours of one type share a draft, so order is kept."""
    types = event_types()
    ready = []
    for name, run in groupby(events, key=lambda event: event.type):
        run_events = list(run)
        ready.append(
            Draft(
                topic=types[name].topic,
                schema_id=registry().newest(name).id,
                keys=[event.fields["subject"] for event in run_events],
                datums=[encode(event) for event in run_events],
            )
        )
    return ready
