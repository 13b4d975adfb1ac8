"""The formats that data sets are handed on in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

import pyarrow as pa

from gateway.sharing.workbook import Workbook
from gateway.sharing.written import About, Arrow, Csv, GeoJson, Json, Parquet, Writer


@dataclass(frozen=True)
class Format:
    """Its media type, the ending of its files, and what makes a writer."""

    media_type: str
    ending: str
    writer: Callable[[IO[bytes], pa.Schema, About], Writer]


FORMATS: Mapping[str, Format] = {
    "json": Format("application/json", "json", Json),
    "csv": Format("text/csv; charset=utf-8", "csv", Csv),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", Workbook),
    "parquet": Format("application/vnd.apache.parquet", "parquet", Parquet),
    "geojson": Format("application/geo+json", "geojson", GeoJson),
    "arrow": Format("application/vnd.apache.arrow.stream", "arrows", Arrow),
}
