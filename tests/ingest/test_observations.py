"""Taking observations down: what is accepted, numbered, repeated, refused and kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from eventlog.log import LogUnavailable
from ingest.observations import Observation, Taken
from ingest.quarantine import Submission
from running.platform import Platform
from services.air.commands import RegisterStation
from tests.conftest import NOW
from tests.factories import NOON
from tests.journeys.steps import in_quarantine

STATION = RegisterStation(
    site_id="1803A", name_zh="十里", name_en="Shili", network="NATIONAL", position_source="test", source="test"
)
RAW = Submission("test", "row 1", b"1803A,12:00,40")


@pytest.fixture(autouse=True)
def station(platform: Platform) -> None:
    platform.handler.handle(STATION)


def said(value: float | None = 40.0, at: datetime = NOON, **changed: Any) -> Observation:
    fields: dict[str, Any] = {"site_id": "1803A", "period": "HOUR", "observed_at": at, "source": "test"}
    readings: Mapping[str, Any] = changed.pop("readings", {"PM2.5": (value, "")})
    return Observation(**{**fields, **changed}, readings=readings)


def take(platform: Platform, *observations: Observation) -> Taken:
    return platform.observations.take([(each, RAW) for each in observations], "test")


def values(platform: Platform) -> list[Any]:
    assert platform.follower.wait_for(platform.log.ends(), 30)
    with platform.database.read() as snapshot:
        rows = snapshot.connection.execute("SELECT value FROM base.reading ORDER BY log_offset").fetchall()
    return [value for (value,) in rows]


def test_the_same_statement_again_is_the_same_event(platform: Platform) -> None:
    assert take(platform, said(), said()).repeated == 1
    assert take(platform, said()).repeated == 1
    assert values(platform) == [40]
    assert take(platform, said()).accepted == 0


def test_a_statement_that_goes_back_and_forth_is_kept_each_time(platform: Platform) -> None:
    taken = [take(platform, said(value)) for value in (40.0, 50.0, 40.0)]
    assert [(t.accepted, t.restated) for t in taken] == [(1, 0), (1, 1), (1, 1)]
    assert values(platform) == [40, 50, 40]
    with platform.database.read() as snapshot:
        numbers = snapshot.connection.execute("SELECT statement FROM base.observation ORDER BY ALL").fetchall()
    assert numbers == [(1,), (2,), (3,)]


def test_the_order_of_readings_makes_no_other_statement(platform: Platform) -> None:
    two = {"PM2.5": (40.0, ""), "PM10": (80.0, "")}
    take(platform, said(readings=two))
    assert take(platform, said(readings=dict(reversed(two.items())))).repeated == 1


@pytest.mark.parametrize(
    ("observation", "code"),
    [
        (said(site_id="nowhere"), "unknown_site"),
        (said(readings={"PM99": (1.0, "")}), "unknown_factor"),
        (said(readings={"COD": (1.0, "")}), "unknown_factor"),
        (said(readings={"PM2.5": (float("nan"), "")}), "not_a_number"),
        (said(readings={"PM2.5": (float("inf"), "")}), "not_a_number"),
        (said(readings={"PM2.5": (1.0, "ZZ")}), "unknown_mark"),
        (said(readings={}), "empty"),
        (said(at=NOW + timedelta(hours=1)), "in_the_future"),
        (said(at=NOON + timedelta(minutes=5)), "unaligned_start"),
        (said(period="DAY"), "unaligned_start"),
        (said(at=NOON - timedelta(hours=4), period="DAY"), "unaligned_start"),  # a midnight of UTC
        (said(period="FORTNIGHT"), "unknown_period"),
    ],
)
def test_what_can_not_be_accepted_is_refused_and_kept(
    platform: Platform, observation: Observation, code: str
) -> None:
    taken = take(platform, observation, said())
    assert [refusal.code for _, refusal in taken.refused] == [code]
    assert values(platform) == [40]
    assert in_quarantine(platform) == [(code, "row 1", RAW.content)]


def test_what_was_refused_twice_is_kept_once(platform: Platform) -> None:
    for _ in range(2):
        take(platform, said(site_id="nowhere"))
    values(platform)
    with platform.database.read() as snapshot:
        assert snapshot.connection.execute("SELECT count(*) FROM ops.quarantine").fetchall() == [(1,)]


def test_large_submissions_are_kept_in_parts_and_whole(platform: Platform) -> None:
    content = bytes(range(256)) * 5000
    large = Submission("test", "a large one", content)
    platform.observations.take([(said(site_id="nowhere"), large)], "test")
    values(platform)
    with platform.database.read() as snapshot:
        counted = snapshot.connection.execute("SELECT parts, parts_kept, bytes FROM ops.quarantine").fetchall()
    assert b"".join(part for _, _, part in in_quarantine(platform)) == content
    assert counted == [(3, 3, len(content))]


def test_no_more_is_taken_down_than_may_wait_to_be_folded(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.numbers.MOST_WAITING", 3)
    at = [NOON - timedelta(hours=hours) for hours in range(5)]
    assert platform.follower.wait_for(platform.log.ends(), 30)
    with platform.follower.paused():
        taken = [take(platform, said(at=moment)).accepted for moment in at[:3]]
        before = platform.log.ends()
        with pytest.raises(LogUnavailable, match="wait to be folded"):
            take(platform, said(at=at[3]))
        assert platform.log.ends() == before
    assert taken == [1, 1, 1]
    assert platform.follower.wait_for(platform.log.ends(), 30)
    assert take(platform, said(at=at[3])).accepted == 1
    assert take(platform, said(at=at[0])).repeated == 1
