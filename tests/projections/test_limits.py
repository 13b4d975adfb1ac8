"""One comparison with a limit: rows that say when they are in force, results that name the row that judged."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.layout import MACROS_FILE
from tests.conftest import ROOT
from tests.factories import Tables, observation, outfall, section, source_monitor
from tests.projections.test_source_tables import BOILER, dust

PRINTED = (
    "air_limits", "black_odorous_limits", "discharge_limit", "discharge_limits", "noise_limits", "odour_limits",
    "source_limit", "water_class_limit", "water_limits", "water_source_limit",
)  # fmt: skip
NEITHER_JUDGES = {"air/catering.sql": "discharge_limits", "water/rule.sql": "water_limits"}
"""These show what stands in a standard beside what a register says, and compare nothing that was measured."""

counts = st.integers(0, 10**16)
bounds = st.none() | counts


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(MACROS_FILE.read_text(encoding="utf-8"))
        yield connection


def test_only_one_table_reads_what_standards_print() -> None:
    """Whatever judges joins standards.limit, and so has its dates and can name its row."""
    read = {
        (str(path.relative_to(ROOT / "projections")), name)
        for path in [*(ROOT / "projections").glob("*/*.sql"), *(ROOT / "gateway").rglob("*.py")]
        if path.parent.name != "standards"
        for name in PRINTED
        if re.search(rf"\b(FROM|JOIN) standards\.{name}\b", path.read_text(encoding="utf-8"))
    }
    assert read == {*NEITHER_JUDGES.items(), ("water/rule.sql", "black_odorous_limits")}


def test_every_row_is_named_dated_and_says_how_well_it_is_known(tables: Tables) -> None:
    assert tables.row("SELECT count(*) > 700, count(*) = count(DISTINCT limit_id) FROM standards.limit") == (
        True,
        True,
    )
    for column in ("in_force_from", "printed_limit", "coalesce(at_least, at_most)", "nullif(status, '')"):
        assert tables.rows(f"SELECT limit_id FROM standards.limit WHERE {column} IS NULL") == []


def test_no_two_rows_judge_the_same_thing_on_the_same_day(tables: Tables) -> None:
    same = (
        "family, factor, scope, level, averaging, place_kinds, warmer_than, at_most_warm, built_from, built_until,"
        " from_hour, until_hour"
    )
    twice = tables.rows(
        f"""SELECT a.limit_id, b.limit_id FROM standards.limit AS a JOIN standards.limit AS b
        ON a.limit_id < b.limit_id AND ({", ".join("a." + each for each in same.split(", "))})
        IS NOT DISTINCT FROM ({", ".join("b." + each for each in same.split(", "))})
        AND a.in_force_from <= coalesce(b.in_force_until, DATE '9999-12-31')
        AND b.in_force_from <= coalesce(a.in_force_until, DATE '9999-12-31')
        WHERE a.standard[:7] = b.standard[:7]"""
    )
    assert twice == []


@given(count=counts, least=bounds, most=bounds)
@settings(max_examples=60, deadline=None)
def test_what_lies_on_a_bound_is_not_beyond_it(
    macros: duckdb.DuckDBPyConnection, count: int, least: int | None, most: int | None
) -> None:
    sql = "SELECT beyond(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))"
    ((found,),) = macros.execute(sql, [count, least, most]).fetchall()
    assert found == ((least is not None and count < least) or (most is not None and count > most))


@given(count=counts, most=st.integers(1, 10**12))
@settings(max_examples=60, deadline=None)
def test_a_multiple_is_reckoned_exactly_and_of_such_limits_alone(
    macros: duckdb.DuckDBPyConnection, count: int, most: int
) -> None:
    sql = "SELECT times_beyond(CAST(? AS BIGINT), CAST(? AS BIGINT), true), times_beyond(?, ?, false)"
    ((found, none),) = macros.execute(sql, [count, most, count, most]).fetchall()
    exact = (Decimal(count - most) / Decimal(most)).quantize(Decimal("0.01")) if count > most else None
    assert (found, none) == (exact, None)


def test_decibels_ranges_and_lower_bounds_have_no_multiple(tables: Tables) -> None:
    known = (
        "SELECT DISTINCT factor FROM standards.limit WHERE NOT has_multiple AND family <> 'BLACK_ODOUR' ORDER BY 1"
    )
    assert tables.rows(known) == [("DO",), ("Leq",), ("pH",)]


@pytest.mark.parametrize(
    ("at", "standard"),
    [
        (datetime(2012, 6, 30, 15, tzinfo=UTC), []),
        (datetime(2012, 6, 30, 16, tzinfo=UTC), ["GB 12523-2011"]),
        (datetime(2025, 12, 31, 15, tzinfo=UTC), ["GB 12523-2011"]),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), ["GB 12523-2025"]),
    ],
)
def test_noise_is_judged_by_the_edition_that_is_in_force_on_the_local_day(
    tables: Tables, at: datetime, standard: list[str]
) -> None:
    said = observation("m", at, {"Leq": 90.0})
    tables.given(source_monitor("m", watches="DUST_SOURCE", source_id="d"), dust("CONSTRUCTION"), said)
    found = tables.rows(
        "SELECT e.standard, multiple, excess FROM air.source_exceedance AS e JOIN standards.limit USING (limit_id)"
    )
    assert [row[0] for row in found] == standard
    assert {row[1] for row in found} <= {None}
    assert {row[2] for row in found} <= {20.0, 35.0}


def test_each_result_names_the_row_that_judged_it(tables: Tables) -> None:
    works = outfall(discharge_standard="GB 18918-2002", discharge_level="一级A")
    tables.given(
        section(), works, source_monitor(**BOILER), observation("m", readings={"SO2_stack": 330.0}),
        observation("hedong-intake", readings={"Mn": 0.2, "COD": 31.0}, subsystem="water", period="DAY"),
        observation("outfall-a", readings={"COD": 62.0, "pH": 5.0}, subsystem="water", period="DAY"),
    )  # fmt: skip
    named = {
        "air.source_exceedance": "limit_id",
        "water.assessment": "unnest(exceedances).limit_id",
        "water.source_assessment": "unnest(warnings).limit_id",
        "water.outfall_result": "unnest(items).limit_id",
    }
    found: dict[str, Any] = {
        table: tables.rows(f"SELECT {sql} FROM {table} ORDER BY 1") for table, sql in named.items()
    }
    plant = "DISCHARGE/GB 18918-2002/城镇污水处理厂 daily mean/一级A/DAY"
    assert found == {
        "air.source_exceedance": [("STACK/GB 13271-2014/锅炉 新建/燃煤/HOUR/SO2_stack",)],
        "water.assessment": [("WATER_CLASS/GB 3838-2002/RIVER/3/COD",)],
        "water.source_assessment": [
            ("DRINKING_WATER/GB 3838-2002/RIVER/COD",),
            ("DRINKING_WATER/GB 3838-2002/RIVER/Mn",),
        ],
        "water.outfall_result": [(f"{plant}/COD",), (f"{plant}/pH",)],
    }
    for rows in found.values():
        assert all(
            tables.row("SELECT count(*) FROM standards.limit WHERE limit_id = '" + name + "'") == (1,)
            for (name,) in rows
        )
