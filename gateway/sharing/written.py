"""Rows written as json, csv, parquet, arrow and geojson; a batch at a time, with the same figures in all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet

from projections.columns import Column

LON, LAT = "place_lon", "place_lat"

_JSON_AS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
_FORMULA = r"^[=+\-@\t\r]"
"""What a spreadsheet may take for a formula at the beginning of a text (OWASP, CSV injection)."""


@dataclass
class About:
    """What a file says of itself; how many rows, and what is behind them, is known when they are written."""

    name: str
    words: str
    columns: Sequence[Column]
    position: str
    as_of: str | None
    asked: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    truncated: bool = False
    next: str | None = None
    moved: bool = False
    lacks: Sequence[str] = ()
    since: str | None = None

    def said(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "data_set": self.name,
            "position": self.position,
            "as_of": self.as_of,
            "count": self.rows,
            "truncated": self.truncated,
            "next": self.next,
            "moved": self.moved,
            "lacks": list(self.lacks),
            **({"since": self.since} if self.since else {}),
        }


class Writer(Protocol):
    """Writes rows into a file: batches in their order, then `end` once, when all that is said of them is known."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def end(self) -> None: ...


class Json:
    """An object with `rows`, and behind them what is said of them."""

    _begins = b'{"rows":['

    def __init__(self, file: IO[bytes], _schema: pa.Schema, about: About) -> None:
        self._file, self._about, self._between = file, about, b""
        file.write(self._begins)

    def write(self, batch: pa.RecordBatch) -> None:
        for row in batch.to_pylist():
            self._file.write(self._between + orjson.dumps(self._told(row), option=_JSON_AS))
            self._between = b",\n"

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        return row

    def end(self) -> None:
        self._file.write(b"]," + orjson.dumps(self._about.said())[1:] + b"\n")


class GeoJson(Json):
    """A FeatureCollection (RFC 7946); a row of no place has a null geometry."""

    _begins = b'{"type":"FeatureCollection","features":['

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        return feature(row)


def feature(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a GeoJSON feature."""
    lon, lat = row.pop(LON), row.pop(LAT)
    geometry = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": row}


class Csv:
    """RFC 4180 with a byte order mark; times in UTC, as the columns' names say; no text begins like a formula."""

    def __init__(self, file: IO[bytes], schema: pa.Schema, _about: About) -> None:
        self._file, self._names = file, [_csv_name(each) for each in schema]
        file.write("\ufeff".encode())
        pl.DataFrame({name: [] for name in self._names}).write_csv(file, line_terminator="\r\n")

    def write(self, batch: pa.RecordBatch) -> None:
        frame = _flat(batch)
        texts = pl.col(pl.String)
        frame = frame.with_columns(
            pl.when(texts.str.contains(_FORMULA)).then("'" + texts).otherwise(texts).name.keep(),
            pl.col(pl.Datetime).dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ"),
        )
        frame.write_csv(self._file, include_header=False, line_terminator="\r\n")

    def end(self) -> None:
        pass


class Parquet:
    """Parquet, compressed by Zstandard; what is said of the rows stands in its metadata, `env1357`."""

    def __init__(self, file: IO[bytes], schema: pa.Schema, about: About) -> None:
        self._about = about
        self._writer = pa.parquet.ParquetWriter(file, schema, compression="zstd")

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def end(self) -> None:
        self._writer.add_key_value_metadata({"env1357": json.dumps(self._about.said())})
        self._writer.close()


class Arrow:
    """An Arrow IPC stream; what is said of the rows stands in the metadata of an empty batch at its end."""

    def __init__(self, file: IO[bytes], schema: pa.Schema, about: About) -> None:
        self._about, self._schema = about, schema
        self._writer = pa.ipc.new_stream(file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def end(self) -> None:
        said = pa.KeyValueMetadata({"env1357": json.dumps(self._about.said())})
        empty = pa.RecordBatch.from_pylist([], schema=self._schema)
        self._writer.write_batch(empty, custom_metadata=said)
        self._writer.close()


def _flat(batch: pa.RecordBatch) -> pl.DataFrame:
    """A batch as a frame without lists and structs: such values are JSON texts."""
    flat = [
        pa.array(
            [None if v is None else orjson.dumps(v, option=_JSON_AS).decode() for v in column.to_pylist()],
            pa.string(),
        )
        if pa.types.is_nested(column.type)
        else column
        for column in batch.columns
    ]
    return pl.DataFrame(pa.table(flat, names=batch.schema.names))


def _csv_name(said: pa.Field) -> str:
    return f"{said.name}_utc" if pa.types.is_timestamp(said.type) else str(said.name)
