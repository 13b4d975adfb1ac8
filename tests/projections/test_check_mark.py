"""Checks are data: each gives its mark, by the last word, and never touches the reading."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventlog.codec import Event
from projections.catalogue import catalogue
from tests.conftest import DISTRICT
from tests.factories import NOON, SIX, Tables, csv_rows, envelope, hours, observation

HOUR = timedelta(hours=1)
MARKS = "SELECT factor, hour(observed_at), check_id, verdict FROM base.check_mark ORDER BY ALL"


def marks(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.rows(MARKS)


def make_rules(tables: Tables) -> None:
    """What follows from the checks, after a test has changed them."""
    for name in ("standards.check_rule", "standards.check_span", "standards.check_reach"):
        tables.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {catalogue().projections[name].sql}")


def review(number: int, previous: str | None = None, **said: Any) -> Event:
    fields = {
        "site_id": "1803A", "review_id": f"r{number}", "factors": ["PM2.5"], "period": "HOUR",
        "since": NOON, "until": NOON + HOUR, "verdict": "INVALID", "reason": "test", **said,
    }  # fmt: skip
    return Event("district.readings_marked", {**envelope("review/1803A", previous), **fields})


def withdrawn(review: Event) -> Event:
    said = envelope("review/1803A", review.fields["event_id"])
    fields = {"site_id": "1803A", "review_id": review.fields["review_id"], "reason": "test"}
    return Event("district.review_withdrawn", {**said, **fields})


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ({"PM2.5": 20000.0}, [("PM2.5", 4, "range-PM2.5", "INVALID")]),
        ({"PM2.5": 81.0, "PM10": 80.0}, [("PM2.5", 4, "cross-PM", "SUSPECT")]),
        ({"PM2.5": 80.0, "PM10": 80.0}, []),
        ({"PM2.5": -3.0}, []),  # impossible: set aside as it was taken in
        (SIX, []),
    ],
)
def test_a_reading_is_checked_by_itself_and_beside_others(
    tables: Tables, readings: dict[str, float], expected: list[Any]
) -> None:
    assert marks(tables.given(observation(readings=readings))) == expected


def test_too_large_a_change_is_marked_on_the_later_hour(tables: Tables) -> None:
    tables.given(
        observation(readings={"PM10": 50.0}), observation(observed_at=NOON + HOUR, readings={"PM10": 300.0})
    )
    assert marks(tables) == [("PM10", 5, "rate-PM10", "SUSPECT")]
    tables.given(observation(observed_at=NOON + 2 * HOUR, readings={"PM10": 50.0}))
    assert [mark[1] for mark in marks(tables)] == [5, 6]


def test_an_hour_that_comes_late_has_the_hour_after_checked_again(tables: Tables) -> None:
    tables.given(observation(observed_at=NOON + HOUR, readings={"PM10": 300.0}))
    assert marks(tables) == []
    tables.given(observation(readings={"PM10": 50.0}))
    assert marks(tables) == [("PM10", 5, "rate-PM10", "SUSPECT")]
    tables.given(observation(readings={"PM10": 150.0}, statement=2))
    assert marks(tables) == []


def test_a_clock_that_is_fast_is_seen(tables: Tables) -> None:
    tables.given(observation(readings={"PM10": 50.0}, recorded_at=NOON - timedelta(minutes=10)))
    assert marks(tables) == [("PM10", 4, "clock-PM10", "SUSPECT")]


def test_a_check_for_a_site_takes_the_place_of_the_general_one(tables: Tables) -> None:
    tables.connection.execute(
        "INSERT INTO standards.check BY NAME SELECT * REPLACE ('own' AS check_id, '1803A' AS site_id, 10 AS high)"
        " FROM standards.check WHERE check_id = 'range-PM2.5'"
    )
    make_rules(tables)
    tables.given(observation(readings={"PM2.5": 11.0}), observation("1804A", readings={"PM2.5": 20000.0}))
    assert [mark[2] for mark in marks(tables)] == ["own", "range-PM2.5"]


def test_what_a_check_invalidates_enters_no_conclusion_unless_a_reviewer_says_so(tables: Tables) -> None:
    tables.given(observation(readings={**SIX, "PM10": 20000.0}))
    assert tables.row("SELECT pm10_ug_m3, aqi FROM air.hourly") == (None, None)
    valid = review(1, factors=["PM10"], verdict="VALID")
    tables.given(valid)
    assert tables.row("SELECT pm10_ug_m3 FROM air.hourly") == (20000,)
    tables.given(withdrawn(valid))
    assert tables.row("SELECT pm10_ug_m3 FROM air.hourly") == (None,)


def test_a_change_can_be_made_invalidating_and_is_then_recomputed(tables: Tables) -> None:
    tables.connection.execute("UPDATE standards.check SET verdict = 'INVALID' WHERE check_id = 'rate-PM10'")
    make_rules(tables)
    tables.given(observation(observed_at=NOON + HOUR, readings={"PM10": 300.0}))
    hour = f"SELECT pm10_ug_m3 FROM air.hourly WHERE observed_at = '{NOON + HOUR:%Y-%m-%d %H:%M}'"
    assert tables.row(hour) == (300,)
    tables.given(observation(readings={"PM10": 50.0}))
    assert tables.row(hour) == (None,)
    tables.given(observation(readings={"PM10": 250.0}, statement=2))
    assert tables.row(hour) == (300,)


def test_a_reviewer_invalidates_and_takes_it_back(tables: Tables) -> None:
    tables.given(observation())
    first = review(1, factors=[])
    tables.given(first)
    assert tables.row("SELECT pm25_ug_m3, so2_ug_m3 FROM air.hourly") == (None, None)
    second = review(2, first.fields["event_id"], verdict="VALID")
    tables.given(second)
    assert tables.row("SELECT pm25_ug_m3, so2_ug_m3 FROM air.hourly") == (40, None)
    assert tables.row("SELECT value, set_aside FROM base.reading WHERE factor = 'PM2.5'") == (40, None)
    assert tables.row("SELECT count(DISTINCT day) FROM air.daily") == (1,)


def test_marks_and_conclusions_do_not_depend_on_what_came_first(
    tables: Tables, laid_out: Any, tmp_path: Any
) -> None:
    values = random.Random(1)
    said = [
        observation(observed_at=at, readings={"PM10": values.choice([10.0, 300.0, 20000.0]), "PM2.5": 200.0})
        for at in hours(NOON, 6)
    ]
    invalid = review(1, since=NOON + 2 * HOUR, until=NOON + 5 * HOUR)
    expected = tables.given(*said, invalid).contents()
    for seed, order in enumerate(itertools.islice(itertools.permutations(said), 100, 104)):
        other = Tables.copied(laid_out, tmp_path / f"{seed}.duckdb")
        for event in [*order[:3], invalid, *order[3:]]:
            other.given(event)
        # the log's offsets differ with the order, and are columns of the statements
        assert {n: c for n, c in other.contents().items() if not _has_offset(n)} == {
            n: c for n, c in expected.items() if not _has_offset(n)
        }
        other.connection.close()


def _has_offset(table: str) -> bool:
    return table in {
        "base.reading", "base.observation", "ops.head", "base.readings_marked", "ops.checkpoint", "base.station"
    }  # fmt: skip


def test_the_spike_in_the_real_data_is_found_and_kept(tables: Tables) -> None:
    rows = csv_rows(DISTRICT / "demo" / "jiujiang_2022-01-03_04.csv")
    for row in rows:
        if row["stationcode"] == "1804A" and row["pm10"]:
            at = datetime.fromisoformat(row["timepoint"]).replace(tzinfo=UTC) - 9 * HOUR
            tables.given(observation("1804A", at, {"PM10": float(row["pm10"])}))
    found = tables.rows(
        "SELECT local_day(observed_at), hour(observed_at + INTERVAL 9 HOURS), value, other_value, verdict"
        " FROM base.check_mark"
    )
    assert [(str(day), *rest) for day, *rest in found] == [("2022-01-04", 11, 370.0, 139.0, "SUSPECT")]
    assert tables.row("SELECT max(pm10_ug_m3) FROM air.hourly") == (370,)
