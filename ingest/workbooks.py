"""Workbooks as rows of texts: xlsx, xls, xlsb and ods, with cells that are merged said in each of their rows."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from ingest.rows import BadFile, Header, columns_missing, refusal
from services.decider import Refused

_FIRST_ROWS = 30
_WHOLE = 1e15

Find = Callable[[Sequence[Sequence[str]]], Header | None]


class Sheet:
    """The sheet of a workbook that has the columns; `header` says where they are."""

    def __init__(self, path: Path, find: Find, expected: Sequence[str], only: str = "") -> None:
        """`find` gives the header among first rows, `expected` are named where there is none, `only` is a sheet.

        Raises `BadFile` where no sheet has them, or more than one, or it is no workbook."""
        try:
            book = CalamineWorkbook.from_path(path)
            kinds = {each.name: each.typ for each in book.sheets_metadata}
            self._sheet, self.header = _having(
                book, [n for n in kinds if _is_table(kinds[n])], find, expected, only
            )
        except (CalamineError, OSError, zipfile.BadZipFile, ValueError) as error:
            reason = f"it can't be read as a workbook: {str(error).splitlines()[0] if str(error) else error!r}"
            raise BadFile(refusal("unreadable_file", reason, "Check that it is whole and of its kind.")) from None
        self.height = max(self._sheet.total_height + 1, 1)

    def rows(self) -> Iterator[list[str]]:
        """The data rows, cells of all columns."""
        return islice(_rows(self._sheet), self.header.rows, None)


def _is_table(kind: Any) -> bool:
    return bool(kind == SheetTypeEnum.WorkSheet)


def _having(
    book: CalamineWorkbook, names: Sequence[str], find: Find, expected: Sequence[str], only: str
) -> tuple[CalamineSheet, Header]:
    wanted = [name for name in names if only in ("", name)]
    having: list[tuple[str, CalamineSheet, Header]] = []
    first: list[str] = []
    for name in wanted:
        sheet = book.get_sheet_by_name(name)
        rows = list(islice(_rows(sheet), _FIRST_ROWS))
        first = first or (rows[0] if rows else [])
        header = find(rows)
        if header:
            having.append((name, sheet, header))
    if len(having) == 1:
        return having[0][1:]
    sheets = ", ".join(names)
    if having:
        several = ", ".join(name for name, _, _ in having)
        found = f"the sheets {several} of {sheets} all have its columns"
        remedy = "Save each as a file of its own, or name one in the profile (file: {sheet: …})."
        raise BadFile(refusal("several_sheets", found, remedy))
    if len(names) == 1:
        raise BadFile(columns_missing([column for column in expected if column not in first] or expected, first))
    found = f"none of the sheets {sheets} has the columns {', '.join(expected)}"
    raise BadFile(refusal("columns_missing", found, "Check that the file is of this kind (--as), and whole."))


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    """All rows from the first of the sheet on, as texts, the left one of what is merged in its stead."""
    left = sheet.start[1] if sheet.start else 0
    merged = dict(_merged(sheet, left))
    above: dict[tuple[int, int], str] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        texts = [_text(cell) for cell in cells]
        for column in range(len(texts)) if merged else ():
            origin = merged.get((number, column))
            if origin == (number, column):
                above[origin] = texts[column]
            elif origin is not None and not texts[column]:
                texts[column] = above.get(origin, "")
        yield texts


def _merged(sheet: CalamineSheet, left: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """For each merged cell the first one of its range; titles that span columns only stand where they are."""
    for (top, begin), (bottom, end) in sheet.merged_cell_ranges or ():
        for row in range(top, bottom + 1):
            for column in range(begin, end + 1):
                if bottom > top:
                    yield (row, column - left), (top, begin - left)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE else repr(cell)
    if isinstance(cell, datetime):
        return _rounded(cell).isoformat(" ")
    if isinstance(cell, date):
        return f"{cell.isoformat()} 00:00:00"
    if isinstance(cell, time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _clock(cell)
    return "" if cell is None else str(cell)


def _rounded(moment: datetime) -> datetime:
    """To whole seconds, where a serial number of days is a hair's breadth from them."""
    off = moment.microsecond
    near = off < 2000 or off > 998_000  # a serial number has some milliseconds of room
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0) if near else moment


def _clock(length: timedelta) -> str:
    """A length of time as hours, minutes and seconds: `24:00:00` stays that."""
    seconds = round(length.total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def unreadable(path: Path, ending: str) -> Refused:
    """Why a file is no table of a format that is read."""
    with path.open("rb") as file:
        start = file.read(512).lstrip()
    kind = "XML or HTML" if start.startswith(b"<") else repr(ending or "nameless")
    return refusal(
        "unknown_format",
        f"{kind} files are not read",
        "Save it as CSV, Excel (xlsx, xls), OpenDocument (ods), Parquet or JSON.",
    )
