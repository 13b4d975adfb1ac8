"""Standards' tables hold what their files say: a clause is words, a day is a date, a number is a number."""

import csv
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from projections.layout import STANDARDS_FOLDER, lay_out

FILES = sorted(STANDARDS_FOLDER.glob("*.csv"))
WORDS = {"clause", "note", "source", "standard", "status", "unit", "name_zh", "name_en"}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@pytest.fixture(scope="module")
def tables() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    lay_out(connection)
    return connection


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_says_what_its_file_says(path: Path, tables: duckdb.DuckDBPyConnection) -> None:
    name, rows = path.stem, list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    relation = tables.sql(f"FROM standards.{name}")
    kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
    held = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    assert len(held) == len(rows)
    for column, kind in kinds.items():
        if column in WORDS:
            assert kind == "VARCHAR", (name, column)
        for said, value in zip((row[column] for row in rows), (row[column] for row in held), strict=True):
            assert _same(said, value, kind), (name, column, said, value)


def _same(said: str, value: object, kind: str) -> bool:
    if said == "":
        return value is None
    if isinstance(value, date):
        return kind == "DATE" and DAY.fullmatch(said) is not None and value == date.fromisoformat(said)
    if isinstance(value, bool):
        return said.lower() == str(value).lower()
    if isinstance(value, int | float):
        return float(said) == float(value)
    return said == value
