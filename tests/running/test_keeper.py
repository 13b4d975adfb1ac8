"""Fine readings leave by themselves while `serve` runs, where a setting says so; what keeps them is told."""

from datetime import timedelta

import pytest

from eventlog.codec import drafts
from running import keeper as keeping
from running.keeper import archiving
from running.platform import Platform
from tests.factories import NOON, observation
from tests.waiting import eventually


def files(platform: Platform) -> int:
    return len(list((platform.data / "archive").rglob("*.parquet")))


@pytest.fixture
def old(platform: Platform) -> Platform:
    minutes = [observation("1803A", NOON + timedelta(minutes=n), period="MINUTE") for n in range(2)]
    assert platform.follower.wait_for(platform.log.append(drafts(minutes)), 30)
    return platform


def test_what_is_old_leaves_when_serving_begins(old: Platform) -> None:
    with archiving(old, 12):
        eventually(lambda: files(old) == 1)


def test_nothing_leaves_where_no_months_are_set(old: Platform) -> None:
    with archiving(old, 0):
        assert "archive" not in old.health.parts()
    assert files(old) == 0


def test_what_keeps_readings_from_leaving_is_told(old: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(keeping, "archive", full)
    with archiving(old, 12):
        eventually(lambda: any(trouble.part == "archive" for trouble in old.health.troubles()))
