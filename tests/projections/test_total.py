"""Whatever fits its schema can be folded and read: no event that a log may hold stops the stream or a question."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event
from projections.asked import asked_tables
from projections.catalogue import catalogue
from projections.columns import columns
from projections.engine import Engine
from projections.incoming import chunk_of
from projections.replay import contents
from schemas.contract import event_types, topics
from tests.factories import NOON, batches, lake, observation, section
from tests.projections.domain import EDGES, MEASURES, as_written, measured, measurements, permit, places, wild
from tests.scratch import scratch

ALIKE = ["a", "b"]
SIGNED = [*EDGES, *(-value for value in EDGES if value)]


@pytest.fixture(scope="module")
def settled(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Tables in which a place of every kind is registered, to be copied, and the places."""
    folder = tmp_path_factory.mktemp("settled")
    with opened(laid_out, folder) as connection:
        registered = list(places(connection))
        fold(connection, registered)
    return folder / "live.duckdb", [event.fields["site_id"] for event in registered]


@contextmanager
def opened(laid_out: Path, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(shutil.copy(laid_out, folder / "live.duckdb"), config={"threads": 1}) as connection:
        yield connection


def fold(connection: duckdb.DuckDBPyConnection, events: list[Event]) -> None:
    standing = Engine(connection).offsets()
    Engine(connection).fold(chunk_of(batches(as_written(events), dict(standing)), standing))


def read_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Every row of every table and view, each column of it; as they say: never null, of an enum."""
    contents(connection)
    for view in catalogue().of_kind("view"):
        connection.execute(f"FROM {view.name}").fetchall()
    for table in asked_tables():
        never_null = [f'count(*) FILTER ("{name}" IS NULL)' for name, c in columns(table).items() if c.never_null]
        counts = connection.execute(f"SELECT {', '.join(never_null)} FROM {table}").fetchall()[0]
        for name, column in columns(table).items():
            if column.enum and column.kind == "VARCHAR":
                held = {
                    value for (value,) in connection.execute(f'SELECT DISTINCT "{name}" FROM {table}').fetchall()
                }
                assert held <= {*column.enum.values, None}, (table, name)
        assert not any(counts), (table, [each for each, count in zip(never_null, counts, strict=True) if count])


@pytest.mark.slow
@pytest.mark.parametrize("topic", topics())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_event_that_fits_its_schema_can_be_folded_and_what_follows_be_read(
    topic: str, data: st.DataObject, laid_out: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sound = [section("a"), lake("b"), observation("a", readings={"TP": 0.1}, subsystem="water"), observation("b")]
    names = [name for name, event_type in event_types().items() if event_type.topic == topic]
    alike = st.sampled_from(ALIKE)
    said = [e for name in names for e in data.draw(st.lists(wild(name, alike), min_size=1, max_size=2))]
    with scratch(tmp_path_factory, "wild") as folder, opened(laid_out, folder) as connection:
        fold(connection, [*said, *sound])
        read_all(connection)


@pytest.mark.slow
@pytest.mark.parametrize("mark", ["", "<"])
def test_every_quantity_that_is_possible_can_be_measured_at_every_place(
    mark: str, settled: tuple[Path, list[str]], tmp_path: Path
) -> None:
    path, sites = settled
    with opened(path, tmp_path) as connection:
        fold(connection, [permit(value for value in SIGNED if value > 0)])
        for number, value in enumerate(SIGNED):
            day = NOON + timedelta(days=number)
            hours = [day + timedelta(hours=hour) for hour in range(24)]
            said = [measured("air", "air.station_registered", hour, value, mark) for hour in hours]
            said += [measured(theme, site, day, value, mark) for theme in ("air", "water") for site in sites]
            said += [measured("water", site, day, value, mark, "DAY") for site in sites]
            fold(connection, said)
        read_all(connection)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_measured_at_registered_places_can_be_folded_however_it_is_mixed(
    data: st.DataObject, settled: tuple[Path, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, sites = settled
    limits = data.draw(st.lists(MEASURES, min_size=1, max_size=5))
    names = data.draw(st.lists(st.sampled_from(sorted(event_types())), max_size=6))
    lives = [data.draw(wild(name, st.sampled_from(sites))) for name in names]
    said = data.draw(st.lists(measurements(sites), max_size=12))
    with scratch(tmp_path_factory, "mixed") as folder, opened(path, folder) as connection:
        fold(connection, [permit(limits), *lives, *said])
        read_all(connection)
