"""Rules on runs of one value, days that left the tables, and reviews by their last word."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eventlog.codec import Event
from tests.events import event
from tests.factories import SIX, Tables, archived, observation

MIDNIGHT = datetime(2022, 1, 2, 16, tzinfo=UTC)  # of 3 January in Xunyang


def run_of(tables: Tables, factor: str, value: float, hours: int, first: int = 0) -> None:
    """So many hours of one value, and other values in the other hours of the day."""
    tables.given(
        *(
            observation(
                observed_at=MIDNIGHT + timedelta(hours=hour),
                readings={**SIX, factor: value if first <= hour < first + hours else 10.0 + hour},
            )
            for hour in range(24)
        )
    )


def test_runs_are_looked_for_in_parts_of_half_the_shortest(tables: Tables) -> None:
    parts = dict(tables.rows("SELECT factor, part FROM standards.stuck_part"))
    shortest = dict(tables.rows("SELECT factor, min(hours) FROM standards.stuck_check GROUP BY factor"))
    assert parts == {factor: hours // 2 for factor, hours in shortest.items()}
    assert all(24 % part == 0 for part in parts.values())


@pytest.mark.parametrize(
    ("value", "hours", "first", "found"),
    [
        (47.0, 12, 0, True),  # check.csv: twelve hours of PM2.5 above 5 µg/m³
        (47.0, 12, 7, True),
        (47.0, 11, 3, False),
        (5.0, 12, 3, False),  # near the detection limit the same value again says nothing
        (47.0, 12, 12, True),
    ],
)
def test_twelve_hours_of_one_value_are_stuck(
    tables: Tables, value: float, hours: int, first: int, found: bool
) -> None:
    run_of(tables, "PM2.5", value, hours, first)
    rows = tables.rows("SELECT since, readings, verdict FROM monitor.stuck WHERE factor = 'PM2.5'")
    began = (MIDNIGHT + timedelta(hours=first)).replace(tzinfo=None)
    assert rows == ([(began, hours, "SUSPECT")] if found else [])


def test_a_corrected_hour_breaks_the_run(tables: Tables) -> None:
    run_of(tables, "PM2.5", 47.0, 14, 2)
    assert tables.row("SELECT readings FROM monitor.stuck WHERE factor = 'PM2.5'") == (14,)
    tables.given(observation(observed_at=MIDNIGHT + timedelta(hours=9), readings={"PM2.5": 48.0}, statement=2))
    assert tables.rows("FROM monitor.stuck WHERE factor = 'PM2.5'") == []


def test_an_archived_day_is_known_up_to_its_highest_offset_in_each_partition(tables: Tables) -> None:
    day = date(2022, 1, 3)
    first = archived(day, {0: 10, 1: 7})
    later = archived(day, {0: 25}, part=2, previous=first.fields["event_id"])
    tables.given(first, later, archived(date(2022, 1, 4), {0: 40}), archived(day, {0: 3}, "water"))
    assert tables.rows("SELECT topic, partition, day, until_offset FROM base.archived_span ORDER BY ALL") == [
        ("env1357.air", 0, day, 25), ("env1357.air", 0, date(2022, 1, 4), 40), ("env1357.air", 1, day, 7),
        ("env1357.water", 0, day, 3),
    ]  # fmt: skip


def review(verdict: str, after: Event | None = None, identity: str = "r", **more: object) -> Event:
    said = {
        "site_id": "1803A", "review_id": identity, "factors": ["PM2.5"], "period": "HOUR", "since": MIDNIGHT,
        "until": MIDNIGHT + timedelta(hours=2), "verdict": verdict, "reason": "x",
    }  # fmt: skip
    return event("district.readings_marked", "1803A", after, **{**said, **more})


def counted(tables: Tables) -> list[float]:
    rows = tables.rows("SELECT pm25_ug_m3 FROM air.hourly WHERE pm25_ug_m3 IS NOT NULL ORDER BY observed_at")
    return [row[0] for row in rows]


def test_a_review_concerns_the_hours_it_names_and_is_withdrawn(tables: Tables) -> None:
    run_of(tables, "PM2.5", 47.0, 0)
    assert len(counted(tables)) == 24
    marked = review("INVALID")
    tables.given(marked)
    # [since, until): the hours 0 and 1, and of them PM2.5 alone
    assert counted(tables) == [10.0 + hour for hour in range(2, 24)]
    assert tables.row("SELECT count(pm10_ug_m3) FROM air.hourly") == (24,)
    assert tables.row("SELECT verdict, withdrawn_at IS NULL FROM base.review") == ("INVALID", True)
    withdrawn = event(
        "district.review_withdrawn", "1803A", marked, site_id="1803A", review_id="r", reason="证书过期"
    )
    tables.given(withdrawn)
    assert len(counted(tables)) == 24
    assert tables.row("SELECT verdict, withdrawn_at IS NULL FROM base.review") == ("INVALID", False)


def test_a_later_review_of_the_same_hours_outranks_and_a_check_yields_to_a_reviewer(tables: Tables) -> None:
    tables.given(observation(observed_at=MIDNIGHT, readings={"PM2.5": 20000.0}))  # beyond HJ 653's range: barred
    assert counted(tables) == []
    first = review("VALID")
    tables.given(first)
    assert counted(tables) == [20000.0]
    tables.given(review("INVALID", first, identity="s"))
    assert counted(tables) == []
