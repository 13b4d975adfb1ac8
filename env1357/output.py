"""Writes tables of results as a table for people, CSV or JSON."""

import csv
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Format(StrEnum):
    """How a result is written."""

    table = "table"
    csv = "csv"
    json = "json"


def write(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: Format) -> None:
    """Write rows to standard output. Times without a zone are UTC; those of SQL come as text."""
    if form is Format.json:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        sys.stdout.buffer.write(orjson.dumps(records, option=_OPTIONS, default=str) + b"\n")
        sys.stdout.flush()
    elif form is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(cell) for cell in row] for row in rows)
    else:
        _print_table(columns, [list(map(_text, row)) for row in rows])


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """One row a line; on a terminal that is too narrow for that, one field a line. Nothing is cut."""
    console = Console() if sys.stdout.isatty() else Console(width=_PIPE_WIDTH)
    table = Table(*map(escape, columns), header_style="bold")
    for row in rows:
        table.add_row(*map(escape, row))
    unbounded = console.options.update(max_width=_PIPE_WIDTH)
    if console.measure(table, options=unbounded).maximum <= console.width:
        console.print(table)
        return
    for number, row in enumerate(rows, 1):
        record = Table(title=f"row {number}", title_justify="left", show_header=False)
        for name, text in zip(columns, row, strict=True):
            record.add_row(f"[bold]{escape(name)}[/]", escape(text))
        console.print(record)


_PIPE_WIDTH = 100_000
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_NAIVE_UTC


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC).isoformat()
    if isinstance(cell, list | dict):
        return orjson.dumps(cell, option=orjson.OPT_NAIVE_UTC, default=str).decode()
    return str(cell)
