"""Every schema keeps the contract: loads, is documented, round-trips, and decodes alike by columns and rows."""

import io
import json
import uuid
from datetime import datetime
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_writer
from hypothesis import given, settings
from hypothesis import strategies as st

from eventlog.codec import Event, decode, encode
from eventlog.columns import columns
from eventlog.log import Batch, Stream
from schemas.contract import AVRO_FOLDER, ENVELOPE, EventType, event_types
from schemas.ids import registry
from tests.contract.avro_values import values

EVERY = pytest.mark.parametrize("name", list(event_types()))
FILES = sorted(AVRO_FOLDER.glob("*/*.avsc"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_holds_a_valid_schema_named_like_it(path: Any) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    parse_schema(schema)
    event = path.stem.partition(".")[0]
    assert schema["namespace"] == f"env1357.{path.parent.name}"
    assert schema["name"] == "".join(word.capitalize() for word in event.split("_"))


@EVERY
def test_every_field_says_what_it_is_and_who_may_see_it(name: str) -> None:
    for field in event_types()[name].schema["fields"]:
        assert len(field.get("doc", "")) >= 10, field["name"]
        assert field.get("disclosure") in ("public", "internal", "restricted"), field["name"]


@EVERY
def test_every_event_begins_with_the_same_envelope(name: str) -> None:
    fields = event_types()[name].schema["fields"]
    first = next(iter(event_types().values())).schema["fields"]
    assert [field["name"] for field in fields[: len(ENVELOPE)]] == list(ENVELOPE)
    assert fields[: len(ENVELOPE)] == first[: len(ENVELOPE)]


@EVERY
def test_no_field_is_of_a_kind_that_columns_cannot_read(name: str) -> None:
    assert [f["name"] for f in event_types()[name].schema["fields"] if not _readable(f["type"])] == []


@EVERY
def test_the_base_table_of_an_event_has_a_name_of_its_own(name: str) -> None:
    event = event_types()[name]
    same = [t.name for t in event_types().values() if t.event == event.event and t.aggregate]
    assert same in ([name], [])


@pytest.mark.slow
@EVERY
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_columns_and_rows_say_the_same(name: str, data: st.DataObject) -> None:
    event_type = event_types()[name]
    said = data.draw(st.lists(values(registry().newest(name).schema), min_size=1, max_size=4))
    datums = [encode(Event(name, fields)) for fields in said]
    batch = Batch(Stream(event_type.topic), 7, registry().newest(name).id, len(datums), b"".join(datums))
    assert list(decode(batch.schema_id, batch.datums, batch.count)) == [_as_decoded(fields) for fields in said]
    frame = columns([batch])
    assert frame["log_offset"].to_list() == list(range(7, 7 + len(said)))
    assert frame.select(list(event_type.fields)).to_dicts() == [_naive(fields) for fields in said]


@EVERY
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_what_an_earlier_version_wrote_is_read_in_the_newest_shape(name: str, data: st.DataObject) -> None:
    event_type = event_types()[name]
    for entry in [e for e in registry().entries.values() if e.event == name]:
        fields = data.draw(values(entry.schema))
        batch = _written(entry.id, event_type, fields)
        read = columns([batch]).select(list(event_type.fields)).to_dicts()[0]
        added = {f: s.get("default") for f, s in event_type.fields.items() if f not in fields}
        assert read == {**_naive(fields), **added}
        assert all("default" in event_type.fields[field] for field in added)


def _written(schema_id: int, event_type: EventType, fields: dict[str, Any]) -> Batch:
    target = io.BytesIO()
    schemaless_writer(target, parse_schema(json.loads(json.dumps(registry().entry(schema_id).schema))), fields)
    return Batch(Stream(event_type.topic), 0, schema_id, 1, target.getvalue())


def _readable(kind: Any) -> bool:
    """Primitives, enums, nullable primitives, nested records and arrays of primitives (Polars' reader)."""
    if isinstance(kind, str):
        return True
    if isinstance(kind, list):
        rest = [branch for branch in kind if branch != "null"]
        return len(rest) == 1 and (isinstance(rest[0], str) or "logicalType" in rest[0])
    if kind["type"] == "array":
        return isinstance(kind["items"], str) or (isinstance(kind["items"], list) and _readable(kind["items"]))
    return kind["type"] in ("enum", "record") or isinstance(kind["type"], str)


def _as_decoded(fields: dict[str, Any]) -> dict[str, Any]:
    uuids = ("event_id", "previous")
    return {n: uuid.UUID(v) if n in uuids and v is not None else v for n, v in fields.items()}


def _naive(fields: dict[str, Any]) -> dict[str, Any]:
    return {n: v.replace(tzinfo=None) if isinstance(v, datetime) else v for n, v in fields.items()}
