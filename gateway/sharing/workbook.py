"""Rows as an Excel workbook: a sheet of data, and one that explains it."""

from datetime import date, timedelta
from typing import IO, Any

import orjson
import pyarrow as pa
import xlsxwriter

from gateway.sharing.written import About

MOST_ROWS = 1_048_575
"""What a sheet holds beside its head."""

_BEIJING = timedelta(hours=8)
_EXACT = 2**53
_WIDTH = 20
_YEARS = range(1901, 9999)
_MOST_CHARACTERS = 32_767


class TooLarge(Exception):
    """More than a sheet or a cell holds."""


class Workbook:
    """Texts stay text, codes with leading zeros or a sign of equality too; times are dates in Beijing time."""

    def __init__(self, file: IO[bytes], schema: pa.Schema, about: About) -> None:
        self._about, self._schema, self._row = about, schema, 0
        options = {"constant_memory": True, "nan_inf_to_errors": True}
        self._book = xlsxwriter.Workbook(file, options)
        self._second = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._bold = self._book.add_format({"bold": True})
        self._sheet = self._book.add_worksheet("数据")
        self._sheet.set_column(0, len(schema), _WIDTH)
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(schema):
            self._sheet.write_string(0, place, _named(column), self._bold)

    def write(self, batch: pa.RecordBatch) -> None:
        if self._row + batch.num_rows > MOST_ROWS:
            raise TooLarge(f"a sheet holds {MOST_ROWS:,} rows")
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            self._row += 1
            for place, value in enumerate(values):
                if value is not None:
                    self._cell(place, value, self._schema[place].type)

    def _cell(self, place: int, value: Any, kind: pa.DataType) -> None:
        if pa.types.is_timestamp(kind):
            self._time(place, value.replace(tzinfo=None), self._second, _BEIJING)
        elif pa.types.is_date(kind):
            self._time(place, value, self._day, timedelta())
        elif pa.types.is_boolean(kind):
            self._sheet.write_boolean(self._row, place, value)
        elif pa.types.is_nested(kind):
            self._text(place, orjson.dumps(value, option=orjson.OPT_NAIVE_UTC).decode())
        elif isinstance(value, str) or abs(value) > _EXACT:
            self._text(place, str(value))
        else:
            self._sheet.write_number(self._row, place, value)

    def _time(self, place: int, value: date, shown: Any, ahead: timedelta) -> None:
        """A date as Excel has it, which begins in 1900; earlier and later ones are text."""
        if value.year in _YEARS:
            self._sheet.write_datetime(self._row, place, value + ahead, shown)
        else:
            self._text(place, value.isoformat() + ("Z" if ahead else ""))

    def _text(self, place: int, text: str) -> None:
        if len(text) > _MOST_CHARACTERS:
            raise TooLarge(
                f"a cell holds {_MOST_CHARACTERS:,} characters, and one of row {self._row} has {len(text):,}"
            )
        self._sheet.write_string(self._row, place, text)

    def end(self) -> None:
        self._explain()
        self._book.close()

    def _explain(self) -> None:
        sheet, about, bold = self._book.add_worksheet("说明"), self._about, self._bold
        sheet.set_column(0, 2, 2 * _WIDTH)
        rows = [
            ("数据集 data set", about.name),
            ("含义 meaning", about.words),
            ("时间 times", "北京时间 (UTC+08:00)"),
            ("日志位置 log position", about.position),
            ("截至 as of", about.as_of or ""),
            ("行数 rows", str(about.rows)),
            ("截断 truncated", f"是 yes: {about.next}" if about.truncated else "否 no"),
            ("缺少 lacks", "; ".join(about.lacks)),
            *((f"条件 {name}", value) for name, value in about.asked.items()),
        ]
        for place, (name, value) in enumerate(rows):
            sheet.write_string(place, 0, name, bold)
            sheet.write_string(place, 1, value)
        first = len(rows) + 1
        for place, head in enumerate(("列 column", "含义 meaning", "类型 type")):
            sheet.write_string(first, place, head, bold)
        for place, column in enumerate(about.columns, first + 1):
            sheet.write_string(place, 0, column.name)
            sheet.write_string(place, 1, column.words)
            sheet.write_string(place, 2, ", ".join(column.enum.values) if column.enum else column.kind.lower())


def _named(column: pa.Field) -> str:
    return f"{column.name} (北京时间)" if pa.types.is_timestamp(column.type) else str(column.name)
