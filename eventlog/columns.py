"""Batches to columns: concatenated datums framed as one Avro container and decoded as a whole.

Avro's object container file is a header with the schema, then blocks of `count, size, datums, sync marker`
(Avro specification, "Object Container Files"). Batches already hold datums back to back, so a chunk of
any number of them becomes one container in memory without touching a single event.
"""

import io
import json
from collections.abc import Sequence
from functools import cache

import polars as pl

from eventlog.log import Batch
from eventlog.primitives import long
from schemas.contract import EventType, event_types
from schemas.registry import Entry, registry

_SYNC = b"env1357 columns."
_NAIVE_UTC = pl.Datetime("us")


class UndecodableBatch(Exception):
    """The bytes are not what the schema says."""


def columns(batches: Sequence[Batch]) -> pl.DataFrame:
    """The events of batches that share a schema, one row each, in order, by the newest schema's fields.

    Beside them `topic`, `partition` and `log_offset`. Times are naive UTC, enums are strings. Fields that
    the newest schema has and the writer's lacked hold their defaults.
    Raises `UndecodableBatch` where the datums don't fit the schema.
    """
    entry = registry().entry(batches[0].schema_id)
    container = io.BytesIO()
    container.write(_header(entry.id))
    for batch in batches:
        container.write(long(batch.count) + long(len(batch.datums)))
        container.write(batch.datums)
        container.write(_SYNC)
    container.seek(0)
    expected = sum(batch.count for batch in batches)
    try:
        frame = pl.read_avro(container)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        # The reader panics on some malformed input, and a panic is no Exception.
        raise UndecodableBatch(f"schema {entry.id} ({entry.event}): {error}") from error
    if frame.height != expected:
        raise UndecodableBatch(f"schema {entry.id} ({entry.event}): {frame.height} of {expected} events")
    return _with_positions(_newest_shape(frame, entry), batches)


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
def _header(schema_id: int) -> bytes:
    schema = json.dumps(registry().entry(schema_id).schema).encode()
    name = b"avro.schema"
    metadata = long(1) + long(len(name)) + name + long(len(schema)) + schema + long(0)
    return b"Obj\x01" + metadata + _SYNC
