"""What SQL files say of their columns, and the questions that they answer."""

from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from projections.asked import asked_tables, plain, questions, valued
from projections.catalogue import catalogue
from projections.columns import column_types, columns, final_list, read_types

NOON = datetime(2026, 1, 1, 12, 30, 1, 5)  # noqa: DTZ001  as the tables have times
TABLES = list(asked_tables())
EXAMPLES: dict[str, Any] = {
    "VARCHAR": "x", "BOOLEAN": True, "DATE": date(2026, 1, 1), "TIMESTAMP": NOON, "INTEGER": 1,
    "BIGINT": 1, "TINYINT": 1, "DOUBLE": 1.0,
}  # fmt: skip

each_table = pytest.mark.parametrize("table", TABLES)


@each_table
def test_every_column_of_a_table_that_is_asked_has_a_type_and_words(table: str) -> None:
    found = columns(table)
    told = [column for each in found.values() for column in (each, *each.parts)]
    assert [column.name for column in told if not column.words or not column.kind] == []
    assert set(found) == set(column_types()[table])


@each_table
def test_every_question_can_be_asked_with_every_argument_and_from_behind_a_row(
    table: str, laid_out_tables: duckdb.DuckDBPyConnection
) -> None:
    for question in questions(table):
        given = {argument.name: EXAMPLES[argument.kind] for argument in question.arguments}
        first, params = question.sql("*", {}, None, 1)
        kinds = laid_out_tables.sql(first, params=params).types[-len(question.order) :]
        after = [EXAMPLES[str(kind)] for kind in kinds]
        for values in (after, [None] * len(after)):
            sql, params = question.sql("*", given, values, 2)
            rows = laid_out_tables.execute(sql, params).fetchall()
            assert rows == [] or catalogue().projections[table].kind == "constant"


@pytest.fixture(scope="module")
def laid_out_tables(laid_out: Any) -> Any:
    with duckdb.connect(str(laid_out), read_only=True) as connection:
        yield connection


def test_a_column_says_its_words_its_nullness_its_enum_and_who_may_see_it() -> None:
    found = columns("soil.manifest")
    status, form = found["status"].enum, found["form"].enum
    assert status
    assert status.values[0] == "ISSUED"
    assert found["status"].never_null
    assert found["loaded_t"].words == "Tonnes that were loaded; null until then."
    assert not found["loaded_t"].never_null
    assert form
    assert (form.name, found["form"].words) == ("WasteForm", "Its physical form.")
    assert (found["form"].disclosure, found["manifest_no"].disclosure) == ("internal", "public")


def test_a_computed_column_that_says_nothing_is_as_closed_as_the_most_closed_of_its_inputs() -> None:
    found = columns("soil.manifest")
    assert found["issued_t"].disclosure == "public"  # a public quantity under another name
    assert columns("enforcement.case")["decided_late"].disclosure != "public"


def test_a_comment_belongs_to_the_column_before_it() -> None:
    sql = "-- one\nSELECT a.x,  -- !\n  'it''s, -- no' AS y, -- Words, with a comma.\n  f(a, b) AS z\nFROM a"
    assert [each.comment for each in final_list(sql)] == ["!", "Words, with a comma.", ""]


@pytest.mark.parametrize("value", [None, 1, 1.5, "x", True, date(2026, 1, 1), NOON])
def test_a_value_of_an_order_comes_back_as_it_was_told(value: object) -> None:
    assert valued(plain(value)) == value


def test_a_time_of_an_order_is_told_without_its_zone() -> None:
    assert valued(plain(NOON.replace(tzinfo=UTC))) == NOON


def test_pages_put_together_are_the_whole_list_whatever_is_null(tables_of_nulls: duckdb.DuckDBPyConnection) -> None:
    question = questions("air.warning_recommendation")[0]
    sql, params = question.sql("source", {"area_id": "a"}, None, 100)
    whole = tables_of_nulls.execute(sql, params).fetchall()
    assert len(whole) == 6
    behind: Any = None
    found = []
    for _ in range(len(whole) + 1):
        sql, params = question.sql("source", {"area_id": "a"}, behind, 1)
        rows = tables_of_nulls.execute(sql, params).fetchall()
        found += rows
        behind = rows[-1][-len(question.order) :] if rows else behind
    assert found == whole


@pytest.fixture
def tables_of_nulls() -> Any:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA air")
        connection.execute(
            "CREATE TABLE air.warning_recommendation AS SELECT 'a' AS area_id, 's' || i AS source,"
            " CASE WHEN i % 3 > 0 THEN TIMESTAMP '2026-01-01' + to_hours(CAST(i % 2 AS INTEGER)) END AS issued_at"
            " FROM range(6) AS r(i)"
        )
        yield connection


def test_types_are_those_of_the_open_file_and_the_same_as_when_laid_out(
    laid_out_tables: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.columns._Read.types", None)
    column_types.cache_clear()
    in_memory = column_types()
    column_types.cache_clear()
    read_types(laid_out_tables)
    monkeypatch.setattr("projections.columns.lay_out", pytest.fail)
    assert column_types() == in_memory
