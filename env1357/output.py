"""Writes tables of results as a table for people, CSV or JSON."""

import csv
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table


class Format(StrEnum):
    """How a result is written."""

    table = "table"
    csv = "csv"
    json = "json"


def write(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: Format) -> None:
    """Write rows to standard output. Times are UTC."""
    if form is Format.json:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        sys.stdout.buffer.write(orjson.dumps(records, option=_OPTIONS, default=str) + b"\n")
        sys.stdout.flush()
    elif form is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(cell) for cell in row] for row in rows)
    else:
        table = Table(*columns, header_style="bold")
        for row in rows:
            table.add_row(*map(_text, row))
        Console().print(table)


_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_NAIVE_UTC


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC).isoformat()
    if isinstance(cell, list | dict):
        return orjson.dumps(cell, option=orjson.OPT_NAIVE_UTC, default=str).decode()
    return str(cell)
