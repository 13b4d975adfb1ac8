"""The standards' tables judge every test vector as computed by hand or by exact fractions."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.layout import MACROS_FILE
from tests.factories import Tables
from tests.projections.domain import EDGES, HIGHEST


def vectors(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "standards" / "test_vectors.json").read_text(encoding="utf-8"))
    return found


def iaqi(tables: Tables, vector: dict[str, Any]) -> Any:
    """IAQI by the lookup; None where the standard does not compute one."""
    sql = (
        "SELECT any_value(q.iaqi) FROM standards.air_report_items AS i JOIN standards.factor AS f USING (factor)"
        " JOIN standards.air_iaqi AS q USING (edition, report, factor, statistic)"
        " WHERE i.edition = ? AND i.factor = ? AND i.averaging = ? AND q.step = steps(?, f.per_unit)"
    )
    values = [vector["edition"], vector["pollutant"], vector["avg"], float(vector["c"])]
    return tables.connection.execute(sql, values).fetchall()[0][0]


def test_every_iaqi_vector_agrees(tables: Tables, shared: Path) -> None:
    found = vectors(shared)["iaqi"]
    wanted = {"not computed: see rule": None}
    wrong = [(v, iaqi(tables, v)) for v in found if iaqi(tables, v) != wanted.get(v["iaqi"], v["iaqi"])]
    assert len(found) > 40
    assert wrong == []


def test_breakpoints_are_the_ones_that_were_read_from_the_standards(shared: Path) -> None:
    ours = Path("schemas/standards")
    for name in ("air_iaqi_breakpoints.csv", "air_aqi_levels.csv", "water_limits.csv"):
        assert (ours / name).read_bytes() == (shared / "standards" / name).read_bytes()


@pytest.mark.parametrize(
    ("concentration", "per_unit", "step"),
    [(34.5, 1, 34), (35.5, 1, 36), (0.25, 10, 2), (0.35, 10, 4), (1.15, 10, 12), (0.0, 1, 0), (1.05, 10, 10)],
)
def test_concentrations_are_rounded_half_to_even(
    tables: Tables, concentration: float, per_unit: int, step: int
) -> None:
    assert tables.row(f"SELECT steps({concentration}, {per_unit})") == (step,)


@pytest.mark.parametrize(
    ("aqi", "level"), [(0, 1), (50, 1), (51, 2), (150, 3), (200, 4), (201, 5), (301, 6), (500, 6)]
)
def test_levels_begin_and_end_where_the_standard_says(tables: Tables, aqi: int, level: int) -> None:
    assert tables.row(f"SELECT level FROM standards.aqi_level WHERE aqi = {aqi}") == (level,)


def test_every_table_of_limits_says_its_source_and_status(tables: Tables) -> None:
    water = (
        "water_limits", "water_assessment_items", "water_rounding", "water_rules", "water_warning_rules",
        "water_river_grades", "water_source_items", "lake_trophic_items", "discharge_limits", "discharge_items",
        "sewage_constants", "black_odorous_limits",
    )  # fmt: skip
    air = ("air_editions", "air_report_items", "air_validity")
    for name in ("factor", "mark", "sentinel", *air, *water):
        assert tables.row(f"SELECT count(*) FROM standards.{name} WHERE status IS NULL OR status = ''") == (0,)


@pytest.mark.parametrize(("table", "key"), [("factor", "factor"), ("mark", "mark"), ("sentinel", "value")])
def test_what_every_reading_is_joined_with_stands_there_once(tables: Tables, table: str, key: str) -> None:
    assert tables.rows(f"SELECT {key} FROM standards.{table} GROUP BY ALL HAVING count(*) > 1") == []


@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.one_of(st.sampled_from(EDGES), st.floats(-HIGHEST, HIGHEST)), min_size=1, max_size=200))
def test_whole_parts_of_a_quantity_are_those_of_its_decimal(values: list[float]) -> None:
    with duckdb.connect() as connection:
        connection.execute(MACROS_FILE.read_text(encoding="utf-8"))
        for macro, decimals in (("millionths", 6), ("ten_thousandths", 4)):
            exact = f"CAST(CAST(x AS DECIMAL(24, {decimals})) * {10**decimals} AS BIGINT)"
            rows = connection.execute(f"SELECT x, {macro}(x), {exact} FROM (SELECT unnest(?) AS x)", [values])
            assert [row for row in rows.fetchall() if row[1] != row[2]] == []
