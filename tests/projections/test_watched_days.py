"""What is watched is kept by days, and says what one look over a whole history says: silence, exceedance, runs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event
from tests.factories import SIX, Tables, observation
from tests.projections.test_monitor import HOUR, MIDNIGHT, station

HOURS = st.integers(0, 100)
LEVELS = {1: 30.0, 4: 140.0, 5: 200.0, 6: 400.0}
FEW = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def filled(laid_out: Path, events: list[Event], cut: int) -> Iterator[Tables]:
    """Tables into which the events came in two folds."""
    with tempfile.TemporaryDirectory() as folder:
        tables = Tables.copied(laid_out, Path(folder) / "tables.duckdb")
        for part in (events[: cut % len(events)], events[cut % len(events) :]):
            if part:
                tables.given(*part)
        yield tables
        tables.connection.close()


def at(hour: int) -> datetime:
    return (MIDNIGHT + hour * HOUR).replace(tzinfo=None)


@given(heard=st.lists(HOURS, min_size=1, max_size=40, unique=True), cut=HOURS)
@FEW
def test_spans_of_silence_lie_between_neighbouring_hours(laid_out: Path, heard: list[int], cut: int) -> None:
    events = [observation(observed_at=MIDNIGHT + hour * HOUR, readings={"SO2": 1.0}) for hour in heard]
    said = sorted(heard)
    expected = [(at(a + 1), at(b)) for a, b in pairwise(said) if b - a - 1 >= 3]
    with filled(laid_out, [station(), *events], cut) as tables:
        found = tables.rows("SELECT since, until FROM monitor.silence ORDER BY since")
    assert found == [*expected, (at(said[-1] + 1), None)]


@given(levels=st.dictionaries(HOURS, st.sampled_from([*LEVELS, None]), min_size=1, max_size=40), cut=HOURS)
@FEW
def test_an_exceedance_goes_on_until_an_hour_that_is_none(
    laid_out: Path, levels: dict[int, int | None], cut: int
) -> None:
    events = [
        observation(observed_at=MIDNIGHT + hour * HOUR, readings={**SIX, "PM2.5": LEVELS[level] if level else None})
        for hour, level in levels.items()
    ]
    judged = [(hour, level >= 5) for hour, level in sorted(levels.items()) if level]
    runs = [(exceeded, [hour for hour, _ in run]) for exceeded, run in groupby(judged, lambda one: one[1])]
    ends = [at(hours[0] + 1) for _, hours in runs[1:]] + [None]
    expected = [(at(hours[0]), end) for (exceeded, hours), end in zip(runs, ends, strict=False) if exceeded]
    with filled(laid_out, events, cut) as tables:
        assert tables.rows("SELECT since, cleared_at FROM monitor.exceedance ORDER BY since") == expected


@given(
    values=st.dictionaries(st.integers(0, 23), st.sampled_from([33.0, 33.0, 33.0, 34.0, None]), min_size=1),
    corrected=st.dictionaries(st.integers(0, 23), st.sampled_from([33.0, 33.0, 34.0, -999.0]), max_size=3),
    cut=HOURS,
)
@FEW
def test_the_longest_run_of_one_value_in_a_day_is_found(
    laid_out: Path, values: dict[int, float | None], corrected: dict[int, float], cut: int
) -> None:
    said = [(hour, value, 1) for hour, value in values.items()] + [(*each, 2) for each in corrected.items()]
    events = [
        observation(observed_at=MIDNIGHT + hour * HOUR, readings={"PM2.5": value}, statement=statement)
        for hour, value, statement in said
    ]
    counted = [(h, v) for h, v in sorted({**values, **corrected}.items()) if v is not None and v > 0]
    runs = [[hour for hour, _ in run] for _, run in groupby(counted, lambda one: one[1])]
    long: list[Any] = [(len(run), -run[0]) for run in runs if len(run) > 1 and run[-1] + 1 - run[0] >= 12]
    with filled(laid_out, events, cut) as tables:
        found = tables.rows("SELECT readings, since FROM monitor.stuck")
    assert found == [(readings, at(-first)) for readings, first in sorted(long, reverse=True)[:1]]


def test_the_latest_hour_is_that_of_the_log_whatever_came_last(tables: Tables) -> None:
    tables.given(observation(observed_at=MIDNIGHT + 30 * HOUR), observation(observed_at=MIDNIGHT))
    tables.given(observation(observed_at=MIDNIGHT + 5 * HOUR))
    assert tables.rows("SELECT observed_at FROM air.latest") == [(at(30),)]
    tables.given(observation(observed_at=MIDNIGHT + 30 * HOUR, readings={**SIX, "SO2": -999.0}, statement=2))
    assert tables.rows("SELECT observed_at, so2_ug_m3 FROM air.latest") == [(at(30), None)]
