"""What a base table keeps of an event: its fields, but of bytes only how many they are and their hash.

The bytes stand in the log, at the table's `partition` and `log_offset`, and are read from there when they are asked
for: what was refused can be large, and tables are held in little memory.
"""

import hashlib
from collections.abc import Iterator

import polars as pl

from schemas.contract import EventType


def bytes_of(event_type: EventType) -> tuple[str, ...]:
    """The fields that hold bytes."""
    return tuple(name for name, field in event_type.fields.items() if field["type"] == "bytes")


def as_kept(event_type: EventType, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a base table, of events as columns."""
    fields = bytes_of(event_type)
    for name in fields:
        hashes = [hashlib.sha256(content).hexdigest() for content in frame[name]]
        frame = frame.with_columns(
            pl.col(name).bin.size("b").cast(pl.Int64).alias(f"{name}_bytes"),
            pl.Series(f"{name}_sha256", hashes, pl.String),
        ).drop(name)
    return frame.drop("topic", *(() if fields else ("partition",)))


def kept_fields(event_type: EventType) -> Iterator[tuple[str, str]]:
    """(name, DuckDB type) of the columns that stand for bytes, with where in the log these are."""
    for name in bytes_of(event_type):
        yield f"{name}_bytes", "BIGINT"
        yield f"{name}_sha256", "VARCHAR"
    if bytes_of(event_type):
        yield "partition", "INTEGER"
