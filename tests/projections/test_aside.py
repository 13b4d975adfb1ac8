"""What can't be computed is set aside and shown; all else goes on, the same live and in a replay."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event
from projections.aside import TRIALS, failing, read_set_aside
from projections.catalogue import catalogue
from projections.fault import of_the_data
from tests.factories import NOON, Tables, observation, section
from tests.projections.test_law import as_batches, database, fold_badly, interleaved, one_replay, opened
from tests.scratch import scratch

NARROW = (
    "CREATE OR REPLACE MACRO millionths(number) AS CAST(CAST(number AS DECIMAL(18, 6)) * 1000000 AS BIGINT);"
    "CREATE OR REPLACE MACRO from_millionths(count_) AS CAST(count_ AS DECIMAL(24, 0))"
)
"""Arithmetic that some quantities overflow: a million, where the real one goes on."""
WIDE = "CREATE OR REPLACE MACRO millionths(number) AS CAST(round(CAST(number AS DOUBLE) * 1e6) AS BIGINT)"


@pytest.fixture(scope="module")
def narrow(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables, laid out and empty, in which a water reading of a million can't be computed with."""
    with database(laid_out, tmp_path_factory.mktemp("narrow"), "narrow") as path, opened(path) as connection:
        connection.execute(NARROW)
    return path


@pytest.fixture
def tables(narrow: Path, tmp_path: Path) -> Iterator[Tables]:
    copied = Tables.copied(narrow, tmp_path / "tables.duckdb")
    yield copied
    copied.connection.close()


def water(value: float, hour: int = 0, statement: int = 1) -> Event:
    at = NOON + timedelta(hours=hour)
    return observation("hedong-intake", at, {"TP": value}, subsystem="water", statement=statement)


def test_one_key_is_set_aside_and_all_else_goes_on(tables: Tables) -> None:
    tables.given(section(), *(water(0.1, hour) for hour in range(9)), water(1e6, 9), observation())
    (said,) = read_set_aside(tables.connection)
    assert (said.table, said.keys) == ("water.sampling", 1)
    assert "Overflow" in said.error
    assert said.since == "env1357.air/0@1, env1357.water/0@11"
    assert tables.row("SELECT count(*) FROM water.sampling") == (9,)
    assert tables.row("SELECT count(*) FROM water.assessment") == (9,)
    assert tables.row("SELECT count(*) FROM air.hourly") == (1,)
    assert tables.row("SELECT count(*) FROM base.reading WHERE factor = 'TP'") == (10,)


def test_a_figure_that_can_be_computed_no_more_is_not_shown(tables: Tables) -> None:
    tables.given(section(), water(0.1)).given(water(1e6, statement=2))
    assert tables.rows("FROM water.sampling") == []


def test_what_was_set_aside_is_computed_when_its_cause_is_gone(tables: Tables) -> None:
    tables.given(section(), water(1e6)).given(water(0.1, hour=1))
    tables.connection.execute(WIDE)
    assert [said.table for said in read_set_aside(tables.connection)] == ["water.sampling"]
    tables.given(water(0.2, statement=2))
    assert read_set_aside(tables.connection) == []
    assert tables.row("SELECT count(*) FROM water.sampling") == (2,)


def test_a_table_that_always_fails_is_set_aside_with_all_its_keys(tables: Tables) -> None:
    tables.connection.execute("CREATE OR REPLACE MACRO millionths(number) AS CAST('no number' AS BIGINT)")
    tables.given(section(), *(water(0.1, hour) for hour in range(TRIALS * 2)))
    (said,) = read_set_aside(tables.connection)
    assert said.keys == TRIALS * 2
    assert tables.row("SELECT count(*) FROM base.reading") == (TRIALS * 2,)


def test_a_table_whose_keys_can_not_be_told_is_set_aside_as_a_whole(tables: Tables) -> None:
    tables.connection.execute("UPDATE standards.check_reach SET bars = [9000000000000]")
    tables.given(section(), water(0.1)).given(water(0.1, hour=1))
    assert [(said.table, said.key) for said in read_set_aside(tables.connection)] == [("water.sampling", "*")]
    assert tables.row("SELECT count(*) FROM base.reading") == (2,)


def test_what_follows_from_a_table_set_aside_is_named() -> None:
    found = catalogue().following({"water.sampling", "air.hourly"})
    assert found["water.evaluation"] == ["water.sampling"]
    assert found["monitor.alarm"] == ["air.hourly", "water.sampling"]
    assert "enforcement.case" not in found


@pytest.mark.parametrize("sound", [observation(), section()], ids=lambda event: event.type)
def test_an_event_whose_id_is_none_is_stepped_over(tables: Tables, sound: Event) -> None:
    nameless = Event(sound.type, {**sound.fields, "event_id": "nobody"})
    tables.given(sound, nameless, water(0.1))
    assert tables.row("SELECT log_offset FROM ops.unreadable") == (1,)
    assert tables.row("SELECT count(*) FROM base.observation") == (1 + (sound.type == observation().type),)


def test_an_event_that_no_table_takes_is_stepped_over_and_kept(tables: Tables) -> None:
    tables.connection.execute("ALTER TABLE base.section_registered ALTER lon TYPE DECIMAL(5, 2)")
    far = section("far", lon=1180.0)
    tables.given(section("near"), far, section("nearer"))
    reason = "SELECT reason, content_bytes FROM ops.unreadable"
    assert tables.rows("SELECT site_id FROM base.section_registered ORDER BY ALL") == [("near",), ("nearer",)]
    assert tables.row(reason)[0].startswith("the tables can't take it: ")
    assert tables.row(reason)[1] > 0
    assert tables.row("SELECT count(*) FROM ops.quarantine") == (1,)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    said=st.lists(
        st.builds(water, st.sampled_from([0.1, 1e6, 5.0]), st.integers(0, 40), st.integers(1, 3)), max_size=12
    ),
    seed=st.integers(0, 2**32),
)
def test_any_way_of_folding_sets_the_same_aside(
    narrow: Path, tmp_path_factory: pytest.TempPathFactory, said: list[Event], seed: int
) -> None:
    chance, log = random.Random(seed), [section(), *said]
    with scratch(tmp_path_factory, "aside") as folder:
        with database(narrow, folder, "replay") as path:
            expected = one_replay(path, as_batches(log, random.Random(0)))
        with database(narrow, folder, "live") as path:
            assert fold_badly(path, interleaved(as_batches(log, chance), chance), chance) == expected


@given(st.sets(st.integers(0, 200), max_size=5))
def test_the_keys_that_fail_are_found_by_halving(bad: set[int]) -> None:
    def tried(some: object) -> str | None:
        return "it fails" if {str(n) for n in bad} & set(some) else None  # type: ignore[call-overload]

    assert failing([str(n) for n in range(201)], tried) == dict.fromkeys(map(str, bad), "it fails")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (duckdb.OutOfRangeException, True),
        (duckdb.ConversionException, True),
        (duckdb.ConstraintException, True),
        (pl.exceptions.SchemaError, True),
        (duckdb.OutOfMemoryException, False),
        (duckdb.IOException, False),
        (duckdb.FatalException, False),
        (duckdb.InternalException, False),
        (duckdb.TransactionException, False),
        (MemoryError, False),
        (OSError, False),
    ],
)
def test_the_machine_s_faults_are_no_fault_of_the_data(error: type[Exception], expected: bool) -> None:
    assert of_the_data(error("said")) is expected
