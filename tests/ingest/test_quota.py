"""What is kept of refused submissions: each sender its share, and what is beyond it counted and stated."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog.log import LogUnavailable
from gateway.metrics import exposition
from ingest.observations import Observations
from ingest.quarantine import QUOTA_USED_UP, Submission
from ingest.quota import Quota
from running.platform import Platform
from services.decider import Refused
from tests.conftest import NOW
from tests.journeys.steps import fold

WHY = Refused("bad", "it is bad", "here", "Mend it.")
SIZES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3000), st.integers(0, 7200)), max_size=60)


def sent(size: int, sender: str = "a", origin: str = "x") -> Submission:
    return Submission("http", origin, b"x" * size, sender)


@given(SIZES)
def test_every_refusal_is_kept_or_counted_and_no_sender_has_more_than_its_share(
    all_sent: list[tuple[str, int, int]],
) -> None:
    quota, now, kept = Quota(10_000), NOW, dict.fromkeys("abc", 0)
    stated, submissions = 0, 0
    for sender, size, seconds in all_sent:
        now += timedelta(seconds=seconds)
        if quota.keeps(sent(size, sender), "bad", now):
            kept[sender], submissions = kept[sender] + size, submissions + 1
        stated += sum(each.count for each in quota.due(now))
    stated += sum(each.count for each in quota.due(now, final=True))
    assert submissions + stated == len(all_sent)
    days = (now - NOW) / timedelta(days=1)
    assert all(size <= 10_000 * (1 + days) for size in kept.values())


def test_a_sender_that_sends_too_much_takes_nothing_from_others() -> None:
    quota = Quota(10_000)
    assert [quota.keeps(sent(4000), "bad", NOW) for _ in range(4)] == [True, True, False, False]
    assert quota.keeps(sent(4000, "b"), "bad", NOW)
    assert quota.keeps(sent(4000), "bad", NOW + timedelta(days=1))
    (overrun,) = quota.due(NOW + timedelta(minutes=1))
    assert (overrun.sender, overrun.count, overrun.size, overrun.codes) == ("a", 2, 8000, {"bad": 2})
    assert not list(quota.due(NOW + timedelta(days=3), final=True))


def test_ten_thousand_senders_of_one_submission_each_take_no_memory_for_ever() -> None:
    quota = Quota(10_000)
    for number in range(10_100):
        quota.keeps(sent(0, str(number)), "bad", NOW + timedelta(seconds=60 * number))
        quota.settle()
    assert len(quota._buckets) < 10_000


def test_what_could_not_be_recorded_is_charged_to_nobody(
    platform: Platform, clock: Callable[[], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    quota = Quota(10_000)
    observations = Observations(platform.log, platform.state, platform.follower, clock, quota)
    batch = [(WHY, sent(3000, origin=str(number))) for number in range(5)]

    def full(_: Any) -> Any:
        raise LogUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(platform.log, "append", full)
        for _ in range(3):
            with pytest.raises(LogUnavailable):
                observations.take(batch, "test")
    assert (quota.counts["http"].kept, quota.counts["http"].counted) == (0, 0)
    assert observations.take(batch, "test").unkept == {2, 3, 4}
    observations.state_overruns()
    assert kept(platform) == [("bad", 3000), ("bad", 3000), (QUOTA_USED_UP, 1)]


def kept(platform: Platform) -> list[Any]:
    fold(platform)
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(
            "SELECT code, CASE WHEN code = 'bad' THEN content_bytes ELSE 1 END"
            " FROM base.submission_quarantined ORDER BY ALL"
        ).fetchall()


def test_the_metrics_say_what_was_refused(platform: Platform) -> None:
    platform.observations.take([(WHY, sent(7))], "test")
    assert 'env1357_refused_bytes_total{channel="http",content="kept"} 7.0' in exposition(platform).decode()
