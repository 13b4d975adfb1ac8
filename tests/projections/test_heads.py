"""The heads of lives are found by their subjects, whichever way they came into the table."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventlog.codec import Event
from projections.heads import Heads
from tests.factories import NOON, Tables, envelope, lake

SUBJECTS = st.integers(0, 5000).map(lambda number: f"case/{number}")


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("CREATE SCHEMA ops")
        yield opened


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(SUBJECTS, max_size=3000), max_size=6), st.sets(SUBJECTS, max_size=50))
def test_every_subject_is_found_and_no_other(
    connection: duckdb.DuckDBPyConnection, arriving: list[set[str]], asked: set[str]
) -> None:
    connection.execute(
        "CREATE OR REPLACE TABLE ops.head"
        " (subject VARCHAR, event_id UUID, length INTEGER, first_offset BIGINT, last_offset BIGINT)"
    )
    heads, known = Heads(), set[str]()
    for subjects in arriving:
        new = sorted(subjects - known)
        connection.execute("INSERT INTO ops.head SELECT unnest(?), uuid(), 1, 0, 0", [new])
        known |= subjects
        assert heads.of(connection, sorted(asked)).keys() == asked & known
    assert Heads().of(connection, sorted(known)).keys() == known


def test_heads_that_are_rolled_back_are_not_there_and_their_places_are_taken_by_others(tables: Tables) -> None:
    heads, insert = Heads(), "INSERT INTO ops.head SELECT ?, uuid(), 1, 0, 0"
    tables.connection.execute("BEGIN")
    tables.connection.execute(insert, ["case/a"])
    heads.of(tables.connection, ["case/a"])
    tables.connection.execute("ROLLBACK")
    tables.connection.execute(insert, ["case/b"])
    assert heads.of(tables.connection, ["case/a", "case/b"]).keys() == {"case/b"}


def detail(recorded_s: int = 60, **changed: Any) -> Event:
    """What a device says beside its values: its id follows from that, and it is a subject of its own."""
    said = envelope("device_detail", **{"mn": "mn", "texts": ["1.5"], **changed})
    own = {"subject": f"device_detail/{said['event_id']}", "recorded_at": NOON + timedelta(seconds=recorded_s)}
    more = {"site_id": "stack", "cn": "2051", "st": "31", "data_at": NOON, "names": ["a34013-Min"]}
    return Event("district.device_detail_recorded", {**said, **own, **more})


def test_a_statement_that_stands_alone_has_no_head(tables: Tables) -> None:
    tables.given(detail(), detail(texts=["1.6"]), lake())
    assert tables.rows("SELECT subject, length FROM ops.head") == [("lake/gantang-lake", 1)]
    assert tables.row("SELECT count(*), max(sequence) FROM base.device_detail_recorded") == (2, 1)


@pytest.mark.parametrize("recorded_s", [0, 60], ids=["whose time nobody said", "whose time was said"])
def test_a_statement_that_stands_alone_is_kept_once_however_often_it_is_taken_down(
    tables: Tables, recorded_s: int
) -> None:
    tables.given(detail(recorded_s), detail(recorded_s)).given(detail(recorded_s)).given(detail(90), detail(120))
    assert tables.row("SELECT count(*) FROM base.device_detail_recorded") == (1,)
    assert tables.rows("FROM ops.superseded") == []


def test_a_life_of_many_folds_goes_on_and_its_rivals_are_kept_once(tables: Tables) -> None:
    first = lake()
    second = lake(name_zh="乙", previous=first.fields["event_id"])
    rival = lake(name_zh="丙", previous=first.fields["event_id"])
    for event in (first, first, second, first, rival, second, rival, first):
        tables.given(event)
    assert tables.row("SELECT CAST(event_id AS VARCHAR), length FROM ops.head") == (second.fields["event_id"], 2)
    assert tables.rows("SELECT name_zh, sequence FROM base.lake_registered ORDER BY ALL") == [
        ("gantang-lake", 1),
        ("乙", 2),
    ]
    assert tables.row("SELECT count(*) FROM ops.superseded") == (1,)


def test_a_head_keeps_its_place_however_often_its_life_goes_on_and_the_file_is_written(tables: Tables) -> None:
    events = {f"lake-{n}": lake(f"lake-{n}") for n in range(30)}
    tables.given(*events.values())
    for step in range(4):
        for site_id in list(events)[step :: step + 1]:
            last = events[site_id].fields["event_id"]
            events[site_id] = lake(site_id, name_zh=f"{step}", previous=last)
            tables.given(events[site_id])
        tables.connection.execute("CHECKPOINT")
    subjects = [f"lake/{site_id}" for site_id in events]
    for heads in (tables.engine.heads, Heads()):
        found = heads.of(tables.connection, subjects)
        assert {head.event_id for head in found.values()} == {e.fields["event_id"] for e in events.values()}
    counted = "SELECT subject, count(*), min(log_offset), max(log_offset) FROM base.lake_registered GROUP BY ALL"
    kept = "SELECT subject, length, first_offset, last_offset FROM ops.head"
    assert sorted(tables.rows(counted)) == sorted(tables.rows(kept))
