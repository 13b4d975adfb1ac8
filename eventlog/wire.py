"""What stands in a Kafka record: a datum in the Confluent wire format, a subject, and CloudEvents' attributes.

Reading takes no step in Python for a record: the records of a batch are, byte for byte, what Avro calls the
datums of a block. Both write integers zig-zag in groups of seven bits, and bytes behind their length. So they
are read as a table by the same reader that reads the events.
"""

import io
import json
from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import quote

import polars as pl
import pyarrow as pa
from kafka.record.util import decode_varint

from eventlog.codec import envelope
from eventlog.columns import UndecodableBatch, avro_block, avro_header, read_avro
from eventlog.log import NO_SCHEMA, Batch, Stream
from schemas.ids import UnknownSchema, registry

PREFIX_BYTES = 5
_MAGIC = b"\0"
_BATCH_BYTES = 1024 * 1024
_KINDS_OF_HEADERS = (7, 1, 0)
"""How many headers records are tried to have: ours with all attributes, ours without, those of plain tools."""

Header = tuple[str, bytes]


class Section(NamedTuple):
    """The records of one Kafka batch at consecutive offsets, uncompressed, as they stand on the wire."""

    base_offset: int
    events: int
    records: bytes


def value(schema_id: int, datum: bytes) -> bytes:
    """The Confluent wire format: a zero byte, the schema's id in four bytes, the datum."""
    return _MAGIC + schema_id.to_bytes(4, "big") + datum


def attributes(schema_id: int, datum: bytes) -> tuple[list[Header], int | None]:
    """Headers by CloudEvents' Kafka binding in its binary mode, and `recorded_at` in milliseconds.

    A datum whose envelope can't be read has no attributes.
    """
    headers: list[Header] = [("content-type", b"application/vnd.confluent.avro")]
    fields = envelope(schema_id, datum)
    if fields is None:
        return headers, None
    headers += [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(fields["event_id"]).encode()),
        ("ce_type", _type(schema_id)),
        ("ce_source", _source(fields["source"])),
        ("ce_subject", fields["subject"].encode()),
        ("ce_time", _time(fields["occurred_at"])),
    ]
    return headers, _milliseconds(fields["recorded_at"])


def values(sections: Sequence[Section]) -> pl.Series | None:
    """The values of the sections' records, in order; None where they can't be read as a table.

    That is so where records differ in their number of headers, or where one lacks its key or value.
    """
    for headers in _KINDS_OF_HEADERS:
        found = _values(sections, headers)
        if found is not None:
            return found
    return None


def batches(stream: Stream, base_offset: int, said: pl.Series) -> Iterator[Batch]:
    """The values at consecutive offsets as batches: neighbours of one schema share one of about a megabyte."""
    if said.is_empty():
        return
    prefixes = said.bin.slice(0, PREFIX_BYTES)
    megabytes = said.bin.size().fill_null(0).cast(pl.Int64).cum_sum() // _BATCH_BYTES
    changes = (prefixes.ne_missing(prefixes.shift(1)) | (megabytes != megabytes.shift(1))).arg_true().to_list()
    starts = sorted({0, *changes})
    for start, stop in pairwise([*starts, said.len()]):
        prefix, run = prefixes[start] or b"", said.slice(start, stop - start)
        framed = len(prefix) == PREFIX_BYTES and prefix[:1] == _MAGIC
        schema_id = int.from_bytes(prefix[1:], "big") if framed else NO_SCHEMA
        datums, sizes = _joined(run.bin.slice(PREFIX_BYTES) if framed else run.fill_null(b""))
        yield Batch(stream, base_offset + start, schema_id, stop - start, datums, sizes)


def _values(sections: Sequence[Section], headers: int) -> pl.Series | None:
    counts = [section.events for section in sections]
    content = b"".join(section.records for section in sections)
    container = avro_header(_record_schema(headers)) + avro_block(sum(counts), content)
    try:
        frame = read_avro(io.BytesIO(container), "records", ["attributes", "offset", "value", "headers"])
    except UndecodableBatch:
        return None
    spans = pl.int_ranges(0, pl.Series(counts, dtype=pl.Int64)).explode(empty_as_null=False)
    offsets = pl.select(spans).to_series()
    if frame.height != offsets.len():
        return None
    sound = (frame["headers"] == headers) & (frame["attributes"] == 0) & (frame["offset"] == offsets)
    return frame["value"] if sound.all() else None


@cache
def _record_schema(headers: int) -> str:
    """Kafka's record (KIP-98, "Message Format") as an Avro schema, for records with so many headers."""
    kinds = [("length", "long"), ("attributes", "long"), ("timestamp", "long"), ("offset", "long")]
    kinds += [("key", "bytes"), ("value", "bytes"), ("headers", "long")]
    kinds += [(f"{part}{number}", "bytes") for number in range(headers) for part in ("name", "said")]
    fields = [{"name": name, "type": kind} for name, kind in kinds]
    return json.dumps({"type": "record", "name": "Record", "fields": fields})


def _joined(run: pl.Series) -> tuple[bytes, "array[int]"]:
    """The values back to back, and the size of each."""
    arrow: Any = run.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_binary())
    ends = memoryview(arrow.buffers()[1]).cast("q")[arrow.offset : arrow.offset + len(arrow) + 1]
    content = memoryview(arrow.buffers()[2] or b"")[ends[0] : ends[-1]]
    sizes = array("q")
    sizes.frombytes(run.bin.size().cast(pl.Int64).to_arrow().buffers()[1].to_pybytes()[: 8 * len(arrow)])
    return content.tobytes(), sizes


@cache
def _type(schema_id: int) -> bytes:
    try:
        return registry().entry(schema_id).event.encode()
    except UnknownSchema:
        return b"unknown"


@cache
def _source(source: str) -> bytes:
    """As a reference to a URI, which the attribute must be."""
    return quote(source).encode()


def _time(moment: datetime) -> bytes:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()


def _milliseconds(moment: datetime) -> int | None:
    milliseconds = int(moment.timestamp() * 1000)
    return milliseconds if milliseconds >= 0 else None


def values_one_by_one(section: Section) -> pl.Series:
    """The values of records that can't be read as a table, null where a record has none."""
    found: list[bytes | None] = []
    at = 0
    for _ in range(section.events):
        length, start = decode_varint(section.records, at)
        position = start + 1  # behind the attributes, a byte
        for _ in ("timestamp", "offset"):
            _, position = decode_varint(section.records, position)
        size, position = decode_varint(section.records, position)
        position += max(size, 0)
        size, position = decode_varint(section.records, position)
        found.append(section.records[position : position + size] if size >= 0 else None)
        at = start + length
    return pl.Series(found, dtype=pl.Binary)
