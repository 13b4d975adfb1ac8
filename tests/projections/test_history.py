"""Fine readings leave the tables, and no figure changes by that: whatever is said before, meanwhile or later."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event
from projections.catalogue import catalogue
from tests.factories import NOON, Tables, archived, envelope, lake, observation
from tests.scratch import scratch

DAY = date(2022, 1, 3)
ALL = 1000
FOLLOWS_FROM_ARCHIVES = {
    *catalogue().events,  # whose offsets in the log are others without the archives
    "base.reading",
    "monitor.fine_hour",
    "ops.head",
    "ops.checkpoint",
    "ops.superseded",
}
VIEWS = ("monitor.mark", "enforcement.case_evidence", "base.barred", "water.evaluation")


def minute(number: int, value: float = 0.5, subsystem: str = "air", **said: Any) -> Event:
    factor, site = ("PM2.5", "1803A") if subsystem == "air" else ("TP", "gantang-lake")
    at = NOON + timedelta(minutes=number)
    readings = {factor: value, "SO2" if subsystem == "air" else "COD": 7.0}
    return observation(site, at, readings, subsystem=subsystem, period="MINUTE", **said)


def marked(verdict: str = "INVALID") -> Event:
    said = {"site_id": "1803A", "review_id": "r", "factors": [], "period": "MINUTE", "verdict": verdict}
    times = {"since": NOON, "until": NOON + timedelta(hours=1), "reason": "so"}
    return Event("district.readings_marked", {**envelope("review/1803A/r"), **said, **times})


def case(*cited: Event) -> Event:
    named = dict.fromkeys(("enterprise_id", "inspection_id", "cause", "legal_basis"), "x")
    evidence = [event.fields["event_id"] for event in cited]
    said = {"case_id": "c", **named, "evidence_ids": evidence}
    return Event("enforcement.case_filed", {**envelope("case/c"), **said})


@pytest.fixture
def pair(laid_out: Path, tmp_path: Path) -> Iterator[Callable[..., tuple[Tables, Tables]]]:
    """Makes tables of events, and others of the same without what archives."""
    made: list[Tables] = []

    def fold(*events: Event) -> tuple[Tables, Tables]:
        for name in ("with", "without"):
            made.append(Tables.copied(laid_out, tmp_path / f"{name}-{len(made)}.duckdb"))
        for event in events:
            made[-2].given(event)
            if event.type != "district.history_archived":
                made[-1].given(event)
        return made[-2], made[-1]

    yield fold
    for tables in made:
        tables.connection.close()


def figures(tables: Tables) -> dict[str, Any]:
    """All that is concluded, in tables and in views."""
    said: dict[str, Any] = {n: c for n, c in tables.contents().items() if n not in FOLLOWS_FROM_ARCHIVES}
    said |= {view: sorted(map(repr, tables.rows(f"FROM {view}"))) for view in VIEWS}
    return said


def readings(tables: Tables) -> int:
    return int(tables.row("SELECT count(*) FROM base.reading")[0])


def test_plain_fine_readings_leave_and_hours_stay(pair: Callable[..., tuple[Tables, Tables]]) -> None:
    hour = observation(observed_at=NOON)
    archiving, keeping = pair(hour, *map(minute, range(5)), archived(DAY, {0: ALL}))
    assert (readings(archiving), readings(keeping)) == (6, 16)
    assert figures(archiving) == figures(keeping)
    rolled = "SELECT factor, readings, counted_readings, lowest, mean, highest FROM monitor.fine_hour ORDER BY ALL"
    assert archiving.rows(rolled) == [("PM2.5", 5, 5, 0.5, 0.5, 0.5), ("SO2", 5, 5, 7.0, 7.0, 7.0)]


@pytest.mark.parametrize("late", [minute(2, 9.0, statement=2), minute(2, 9.0, statement=2, reviewed=True)])
@pytest.mark.parametrize("first", [minute(2), minute(2, reviewed=True), minute(2, -999.0)])
def test_a_late_correction_counts_as_if_nothing_had_left(
    pair: Callable[..., tuple[Tables, Tables]], first: Event, late: Event
) -> None:
    archiving, keeping = pair(minute(1), first, archived(DAY, {0: 2}), late)
    assert figures(archiving) == figures(keeping)
    word = "FROM base.reading_current WHERE observed_at = TIMESTAMP '2022-01-03 04:02:00' ORDER BY ALL"
    assert archiving.rows(word) == keeping.rows(word)


LATE = {
    "a review": [marked()],
    "a case": [case(minute(1))],
    "a repetition": [minute(1)],
    "a lake": [lake()],
    "a mark": [minute(1, statement=2, marks={"PM2.5": "D"})],
    "a sampling": [minute(3, 0.9, "water", statement=2)],
}


@pytest.mark.parametrize("later", LATE.values(), ids=LATE.keys())
@pytest.mark.parametrize("again", [False, True])
def test_whatever_is_said_later_sees_all_that_left(
    pair: Callable[..., tuple[Tables, Tables]], later: list[Event], again: bool
) -> None:
    said = [minute(1), minute(2), minute(3, subsystem="water"), lake()]
    first = archived(DAY, {0: 2})
    leave = [first, archived(DAY, {0: 1}, "water")]
    after = [archived(DAY, {0: ALL}, part=2, previous=first.fields["event_id"])] if again else []
    archiving, keeping = pair(*said, *leave, *later, *after)
    assert figures(archiving) == figures(keeping)


def test_what_is_corrected_leaves_again_with_the_next_part(pair: Callable[..., tuple[Tables, Tables]]) -> None:
    first = archived(DAY, {0: 1})
    second = archived(DAY, {0: 2}, part=2, previous=first.fields["event_id"])
    archiving, _ = pair(minute(1), first, minute(1, 3.0, statement=2))
    assert readings(archiving) == 4
    archiving.given(second)
    assert readings(archiving) == 0
    assert archiving.row("SELECT mean, readings FROM monitor.fine_hour WHERE factor = 'PM2.5'") == (3.0, 1)


def test_what_a_case_cites_and_what_is_marked_stays(pair: Callable[..., tuple[Tables, Tables]]) -> None:
    cited, noted = minute(1), minute(2, marks={"PM2.5": "D"})
    archiving, _ = pair(cited, noted, minute(3), case(cited), archived(DAY, {0: ALL}))
    assert readings(archiving) == 2 + 1


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_figure_changes_by_archiving(
    laid_out: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    minutes = st.builds(
        minute,
        st.integers(0, 4),
        st.sampled_from([0.5, 9.0, -999.0, 9e9]),
        st.sampled_from(["air", "air", "water"]),
        statement=st.integers(1, 3),
        reviewed=st.booleans(),
        marks=st.sampled_from([{}, {"PM2.5": "D", "TP": "<"}]),
    )
    leaving = st.builds(
        archived, st.just(DAY), st.dictionaries(st.just(0), st.integers(0, 12), min_size=1), st.just("air")
    )
    later = st.sampled_from([marked(), marked("VALID"), case(minute(1), minute(2)), lake()])
    events = data.draw(st.lists(st.one_of(minutes, minutes, leaving, later), max_size=14))
    with scratch(tmp_path_factory, "history") as folder:
        pair = [Tables.copied(laid_out, folder / f"{name}.duckdb") for name in ("with", "without")]
        for event in events:
            pair[0].given(event)
            if event.type != "district.history_archived":
                pair[1].given(event)
        said = [figures(tables) for tables in pair]
        for tables in pair:
            tables.connection.close()
    assert said[0] == said[1]
