"""Batches to columns: concatenated datums framed as one Avro container and decoded as a whole.

Avro's object container file is a header with the schema, then blocks of `count, size, datums, sync marker`
(Avro specification, "Object Container Files"). Batches already hold datums back to back, so a chunk of
any number of them becomes one container in memory without touching a single event.
"""

import io
import json
import os
from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from eventlog.log import Batch
from eventlog.primitives import long
from schemas.contract import AvroSchema, event_types
from schemas.ids import Entry, registry

_SYNC = b"env1357 columns."
_SEAL, _SEAL_FIELD = os.urandom(16), "env1357_seal"
_NAIVE_UTC = pl.Datetime("us")
_PRIMITIVES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "long": pl.Int64(),
    "int": pl.Int32(),
    "double": pl.Float64(),
    "float": pl.Float32(),
    "boolean": pl.Boolean(),
    "bytes": pl.Binary(),
}
_LOGICAL: Mapping[str, pl.DataType] = {"uuid": pl.String(), "timestamp-micros": _NAIVE_UTC, "date": pl.Date()}


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
    try:
        return _with_positions(_newest_shape(frame, entry), batches)
    except pl.exceptions.PolarsError as error:
        raise UndecodableBatch(f"schema {entry.id} ({entry.event}), in its newest shape: {error}") from error


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
    """The newest schema's fields in its types, so that what any version wrote can stand in one frame."""
    newest = event_types()[entry.event]
    return frame.select(_in_newest_shape(name, field, frame.columns) for name, field in newest.fields.items())


def _in_newest_shape(name: str, field: AvroSchema, written: Sequence[str]) -> pl.Expr:
    kind = dtype(field["type"])
    if name not in written:
        return pl.lit(_default(field, kind), kind).alias(name)
    if kind == _NAIVE_UTC:
        return pl.col(name).dt.replace_time_zone(None).cast(kind)
    return pl.col(name).cast(kind)


def _default(field: AvroSchema, kind: pl.DataType) -> Any:
    """A field's default as its column holds it: Avro writes bytes as text (Avro specification, "Complex Types")."""
    default = field.get("default")
    return default.encode("latin-1") if isinstance(default, str) and kind == pl.Binary() else default


def dtype(avro: AvroSchema | list[AvroSchema | str] | str) -> pl.DataType:
    """The column's type for an Avro type of the kinds that the contract allows."""
    if isinstance(avro, list):
        return dtype(next(branch for branch in avro if branch != "null"))
    if isinstance(avro, str):
        return _PRIMITIVES[avro]
    if avro.get("logicalType") in _LOGICAL:
        return _LOGICAL[avro["logicalType"]]
    if avro["type"] == "array":
        return pl.List(dtype(avro["items"]))
    if avro["type"] == "record":
        return pl.Struct({field["name"]: dtype(field["type"]) for field in avro["fields"]})
    return pl.String() if avro["type"] == "enum" else dtype(avro["type"])


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
