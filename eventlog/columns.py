"""Batches to columns: concatenated datums framed as one Avro container and decoded as a whole.

Avro's object container file is a header with the schema, then blocks of `count, size, datums, sync marker`
(Avro specification, "Object Container Files"). Batches already hold datums back to back, so a chunk of
any number of them becomes one container in memory without touching a single event.
"""

import io
import json
import os
from array import array
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from eventlog.log import Batch
from eventlog.primitives import long
from schemas.contract import EventType, event_types
from schemas.registry import Entry, registry

_SYNC = b"env1357 columns."
_SEAL, _SEAL_FIELD = os.urandom(16), "env1357_seal"
_NAIVE_UTC = pl.Datetime("us")


class UndecodableBatch(Exception):
    """The bytes are not what the schema says."""


def columns(batches: Sequence[Batch]) -> pl.DataFrame:
    """The events of batches that share a schema, one row each, in order, by the newest schema's fields.

    Either all batches or none of them have `sizes`. Where they have, each datum must be exactly one event,
    whatever stands beside it. Beside the fields there are `topic`, `partition` and `log_offset`. Times are
    naive UTC, enums are strings. Fields that the newest schema has and the writer's lacked hold their defaults.
    Raises `UndecodableBatch` where the datums don't fit the schema.
    """
    entry = registry().entry(batches[0].schema_id)
    container = _kept_apart(batches, entry) if batches[0].sizes is not None else _joined(batches, entry)
    expected = sum(batch.count for batch in batches)
    frame = read_avro(container, f"schema {entry.id} ({entry.event})")
    if frame.height != expected:
        raise UndecodableBatch(f"schema {entry.id} ({entry.event}): {frame.height} of {expected} events")
    if _SEAL_FIELD in frame.columns and not frame.select((pl.col(_SEAL_FIELD) == pl.lit(_SEAL)).all()).item():
        raise UndecodableBatch(f"schema {entry.id} ({entry.event}): the bytes are not exactly one event each")
    return _with_positions(_newest_shape(frame, entry), batches)


def read_avro(container: io.BytesIO, what: str, columns: list[str] | None = None) -> pl.DataFrame:
    """The rows of an Avro object container. Raises `UndecodableBatch` where they don't fit its schema."""
    try:
        return pl.read_avro(container, columns=columns)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        # The reader panics on some malformed input, and a panic is no Exception.
        raise UndecodableBatch(f"{what}: {error}") from error


def _joined(batches: Sequence[Batch], entry: Entry) -> io.BytesIO:
    """The batches as a container, each a block of its own."""
    blocks = (avro_block(batch.count, batch.datums) for batch in batches)
    return io.BytesIO(b"".join((_header(entry.id, sealed=False), *blocks)))


def _kept_apart(batches: Sequence[Batch], entry: Entry) -> io.BytesIO:
    """The datums as one block, a seal behind each.

    So many seals are read as there are datums, and nobody who wrote a datum can know the seal: all of them are
    found if and only if each datum took up exactly its own bytes.
    """
    datums = pa.chunked_array([_array(batch) for batch in batches]).combine_chunks()
    seal = pa.scalar(long(len(_SEAL)) + _SEAL, pa.large_binary())
    sealed = pc.binary_join_element_wise(datums, seal, pa.scalar(b"", pa.large_binary()))
    content = memoryview(sealed.buffers()[2])[: pc.sum(pc.binary_length(sealed)).as_py()]
    return io.BytesIO(_header(entry.id, sealed=True) + avro_block(len(datums), content))


def _array(batch: Batch) -> pa.LargeBinaryArray:
    ends = array("q", [0, *accumulate(batch.sizes or ())])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(batch.datums)]
    return pa.Array.from_buffers(pa.large_binary(), batch.count, buffers)


def _newest_shape(frame: pl.DataFrame, entry: Entry) -> pl.DataFrame:
    newest = event_types()[entry.event]
    missing = [
        pl.lit(field.get("default")).alias(name)
        for name, field in newest.fields.items()
        if name not in frame.columns
    ]
    return frame.with_columns(missing).select(_plain(newest))


def _plain(event_type: EventType) -> list[pl.Expr]:
    def expression(name: str) -> pl.Expr:
        kind = event_type.fields[name]["type"]
        kind = next((k for k in kind if k != "null"), kind) if isinstance(kind, list) else kind
        if isinstance(kind, dict) and kind.get("logicalType") == "timestamp-micros":
            return pl.col(name).dt.replace_time_zone(None).cast(_NAIVE_UTC)
        if isinstance(kind, dict) and kind.get("type") == "enum":
            return pl.col(name).cast(pl.String)
        return pl.col(name)

    return [expression(name) for name in event_type.fields]


def _with_positions(frame: pl.DataFrame, batches: Sequence[Batch]) -> pl.DataFrame:
    spans = pl.DataFrame(
        {
            "topic": [batch.stream.topic for batch in batches],
            "partition": pl.Series([batch.stream.partition for batch in batches], dtype=pl.Int32),
            "base": pl.Series([batch.base_offset for batch in batches], dtype=pl.Int64),
            "end": pl.Series([batch.end for batch in batches], dtype=pl.Int64),
        }
    )
    positions = spans.select("topic", "partition", pl.int_ranges("base", "end").alias("log_offset")).explode(
        "log_offset", empty_as_null=False
    )
    return frame.hstack(positions)


@cache
def _header(schema_id: int, *, sealed: bool) -> bytes:
    known = registry().entry(schema_id).schema
    # what was written is read as it was written, so defaults have no part in it; the reader stumbles over some
    fields = [{key: said for key, said in field.items() if key != "default"} for field in known["fields"]]
    seal = [{"name": _SEAL_FIELD, "type": "bytes"}] if sealed else []
    return avro_header(json.dumps({**known, "fields": fields + seal}))


def avro_header(schema: str) -> bytes:
    """The beginning of an Avro object container with datums of a schema."""
    name, said = b"avro.schema", schema.encode()
    metadata = long(1) + long(len(name)) + name + long(len(said)) + said + long(0)
    return b"Obj\x01" + metadata + _SYNC


def avro_block(count: int, datums: bytes | memoryview) -> bytes:
    """A block of an Avro object container."""
    return b"".join((long(count), long(len(datums)), datums, _SYNC))
