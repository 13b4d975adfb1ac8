"""Small files that unpack to much are refused in little memory, saying what to do; sheets are named."""

import gzip
import io
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from xlsxwriter import Workbook

from ingest.bounds import Bounds
from ingest.rows import BadFile
from ingest.tables import tables

SMALL = Bounds(8 * 1024 * 1024)
"""So that the tests are fast: a CSV file of 8 MiB, a workbook of 1 MiB, a document of 256 KiB."""


def gzipped(path: Path, piece: bytes, times: int) -> Path:
    with gzip.open(path, "wb") as file:
        for _ in range(times):
            file.write(piece)
    return path


def csv_bomb(folder: Path) -> Path:
    return gzipped(folder / "a.csv.gz", b"a,b\n" + b"1,2\n" * 250_000, 64)


def json_bomb(folder: Path) -> Path:
    return gzipped(folder / "a.json.gz", b" " * 1_000_000, 64)


def lines_bomb(folder: Path) -> Path:
    return gzipped(folder / "a.ndjson.gz", b'{"a": 1}\n' * 100_000, 64)


def workbook(folder: Path, frames: dict[str, pl.DataFrame]) -> Path:
    path = folder / "a.xlsx"
    with Workbook(path) as book:
        for name, frame in frames.items():
            frame.write_excel(book, worksheet=name)
    return path


def workbook_bomb(folder: Path) -> Path:
    """A workbook with a part of 64 MB, of which its directory says that it is small."""
    path = workbook(folder, {"x": pl.DataFrame({"a": [1], "b": [2]})})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"<row/>" * 10_000_000)
    content = path.read_bytes()
    return_size = struct.pack("<L", 60_000_000)
    assert content.count(return_size) == 2
    path.write_bytes(content.replace(return_size, struct.pack("<L", 100)))
    return path


def repeated(folder: Path) -> Path:
    path = folder / "a.parquet"
    pl.DataFrame(
        {"a": pl.repeat("x", 1_000_000, eager=True), "b": pl.repeat("y", 1_000_000, eager=True)}
    ).write_parquet(path)
    return path


@pytest.mark.parametrize("bomb", [csv_bomb, json_bomb, lines_bomb, workbook_bomb, repeated])
def test_a_file_that_unpacks_to_too_much_is_refused_in_little_memory(tmp_path: Path, bomb: Any) -> None:
    path = bomb(tmp_path)
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    with pytest.raises(BadFile) as told:
        list(tables(path, ["a", "b"], bounds=SMALL))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told.value.refusal.code == "too_large"
    assert "ENV1357_IMPORT_BYTES" in told.value.refusal.remedy
    assert most < 8_000_000


def test_what_a_setting_allows_is_read(tmp_path: Path) -> None:
    path = gzipped(tmp_path / "a.csv.gz", b"a,b\n" + b"1,2\n" * 250_000, 4)
    with pytest.raises(BadFile):
        list(tables(path, ["a", "b"], bounds=Bounds(4_000_000)))
    found = [table.frame.height + len(table.bad) for table in tables(path, ["a", "b"], bounds=Bounds(4_100_000))]
    assert sum(found) == 1_000_003


def test_a_table_of_too_many_columns_or_one_endless_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text(",".join(f"c{number}" for number in range(10_001)) + "\n")
    (tmp_path / "line.csv").write_bytes(b"a," + b"x" * 9_000_000)
    gzipped(tmp_path / "line.csv.gz", b"x" * 1_000_000, 64)
    for name, code in (("wide.csv", "too_wide"), ("line.csv", "line_too_long"), ("line.csv.gz", "line_too_long")):
        with pytest.raises(BadFile) as told:
            list(tables(tmp_path / name, ["c1"]))
        assert told.value.refusal.code == code


def test_the_sheet_that_has_the_columns_is_read_and_two_of_them_are_refused(tmp_path: Path) -> None:
    cover, data = pl.DataFrame({"本表由系统导出": ["x"]}), pl.DataFrame({"a": ["1"], "b": ["2"]})
    path = workbook(tmp_path, {"说明": cover, "数据": data})
    assert [table.frame.rows() for table in tables(path, ["a", "b"])] == [[("1", "2")]]
    with pytest.raises(BadFile, match="none of the sheets 说明, 数据 has the columns c"):
        list(tables(path, ["c"]))
    both = workbook(tmp_path, {"一月": data, "二月": data})
    with pytest.raises(BadFile, match="the sheets 一月, 二月 of"):
        list(tables(both, ["a", "b"]))


RUBBISH = {
    "nested.json": b"[" * 100_000,
    "number.json": b"5",
    "nan.json": b'[{"a": NaN}]',
    "mixed.json": b'[{"a": 1}, [2], null]',
    "bad.parquet": b"PAR1" + bytes(range(100)) + b"PAR1",
    "bad.xlsx": b"PK\x03\x04" + bytes(500),
    "bad.csv.gz": b"\x1f\x8b" + bytes(500),
    "utf16.csv": "a,b\n1,2\n".encode("utf-16")[:-1],
    "mac.csv": b"a,b\r1,2\r",
    "empty.csv": b"",
    "empty.json": b"",
    "empty.parquet": b"",
    "empty.xlsx": b"",
}


@pytest.mark.parametrize("name", RUBBISH)
def test_what_is_no_table_is_refused_and_never_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(RUBBISH[name])
    with pytest.raises(BadFile) as told:
        list(tables(tmp_path / name, ["a", "b"]))
    assert told.value.refusal.code != "unexpected"


def test_a_reader_s_bug_is_the_file_s_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise pl.exceptions.PanicException("index out of bounds")

    monkeypatch.setattr(pl, "read_parquet", failing)
    monkeypatch.setattr(pl, "scan_parquet", failing)
    pl.DataFrame({"a": [1]}).write_parquet(buffer := io.BytesIO())
    (tmp_path / "a.parquet").write_bytes(buffer.getvalue())
    with pytest.raises(BadFile, match="index out of bounds") as told:
        list(tables(tmp_path / "a.parquet", ["a"]))
    assert told.value.refusal.code == "unexpected"
