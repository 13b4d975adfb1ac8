"""What every log must do. A log adopts the suite by a line in `LOGS`."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event, drafts
from eventlog.embedded import EmbeddedLog
from eventlog.log import Batch, Draft, EventLog, LogUnavailable, Offsets, Stream
from eventlog.transfer import apart
from tests.brokers import kafka_log
from tests.factories import NOON, observation, section

Opener = Callable[[Path, pytest.FixtureRequest, Sequence[str]], EventLog]
"""Opens the log of a folder; a log whose topics must be made beforehand is told which will be written to."""

LOGS: dict[str, Opener] = {
    "embedded": lambda folder, _request, _topics: EmbeddedLog(folder / "log.sqlite"),
    "kafka": lambda folder, request, names: kafka_log(request.getfixturevalue("broker"), str(folder), names=names),
}

AIR = Stream("env1357.air")
WATER = Stream("env1357.water")


@pytest.fixture(params=list(LOGS))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], EventLog]]:
    """Opens the same log again and again, as other processes would."""
    with ExitStack() as stack:

        def again() -> EventLog:
            log = LOGS[request.param](tmp_path, request, ("env1357.air", "env1357.water"))
            stack.callback(log.close)
            return log

        yield again


def air(count: int, start: int = 0) -> list[Event]:
    return [observation(observed_at=NOON + timedelta(hours=start + n)) for n in range(count)]


def read(log: EventLog, after: Offsets | None = None) -> dict[Stream, bytes]:
    """All datums of each stream, back to back: how a log cuts them into batches is its own affair."""
    found: dict[Stream, bytes] = {}
    for batch in log.read(after or {}):
        found[batch.stream] = found.get(batch.stream, b"") + batch.datums
    return found


def offsets(log: EventLog, after: Offsets) -> list[tuple[Stream, int]]:
    """Every event behind `after`, each stream's in the order in which they come."""
    batches = list(log.read(after))
    found = [(b.stream, o) for b in batches for o in range(max(b.base_offset, after.get(b.stream, 0)), b.end)]
    return sorted(found, key=lambda event: event[0])


def datums(log: EventLog) -> list[bytes]:
    """Every datum of a log by itself."""
    return [datum for batch in log.read({}) for datum in apart(batch)]


def test_a_new_log_is_empty(opened: Callable[[], EventLog]) -> None:
    log = opened()
    assert dict(log.ends()) == {}
    assert read(log) == {}


def test_an_append_returns_where_its_events_end(opened: Callable[[], EventLog]) -> None:
    log = opened()
    assert log.append(drafts(air(3))) == {AIR: 3}
    assert log.append(drafts([*air(2, 3), section()])) == {AIR: 5, WATER: 1}
    assert log.ends() == {AIR: 5, WATER: 1}


def test_what_is_read_is_what_was_appended_in_order(opened: Callable[[], EventLog]) -> None:
    log = opened()
    events = air(7)
    for event in events:
        log.append(drafts([event]))
    assert b"".join(b.datums for b in log.read({})) == b"".join(drafts(events)[0].datums)
    assert offsets(log, {}) == [(AIR, n) for n in range(7)]


def test_reading_goes_on_behind_an_offset(opened: Callable[[], EventLog]) -> None:
    log = opened()
    for event in [*air(4), section()]:
        log.append(drafts([event]))
    assert offsets(log, {AIR: 2}) == [(AIR, 2), (AIR, 3), (WATER, 0)]
    assert list(log.read({AIR: 4, WATER: 1})) == []


def test_a_batch_that_an_offset_cuts_comes_whole(opened: Callable[[], EventLog]) -> None:
    log = opened()
    log.append(drafts(air(5)))
    batches = list(log.read({AIR: 3}))
    assert sum(b.end - max(b.base_offset, 3) for b in batches) == 2
    assert b"".join(b.datums for b in batches) == b"".join(drafts(air(5))[0].datums)


def test_types_that_take_turns_keep_their_order(opened: Callable[[], EventLog]) -> None:
    log = opened()
    a, b = air(2)
    log.append(drafts([a, section(), b]))
    assert offsets(log, {}) == [(AIR, 0), (AIR, 1), (WATER, 0)]
    assert read(log) == {
        AIR: drafts([a])[0].datums[0] + drafts([b])[0].datums[0],
        WATER: drafts([section()])[0].datums[0],
    }


def test_a_log_opened_again_says_the_same(opened: Callable[[], EventLog]) -> None:
    first = opened()
    first.append(drafts(air(3)))
    expected = read(first)
    first.close()
    assert read(opened()) == expected


def test_another_reader_sees_what_is_appended_meanwhile(opened: Callable[[], EventLog]) -> None:
    writer, reader = opened(), opened()
    writer.append(drafts(air(1)))
    assert reader.ends() == {AIR: 1}
    writer.append(drafts(air(1, 1)))
    assert offsets(reader, {AIR: 1}) == [(AIR, 1)]


def test_waiting_ends_when_the_log_has_grown(opened: Callable[[], EventLog]) -> None:
    writer, reader = opened(), opened()
    assert not reader.wait({}, 0.05)
    threading.Timer(0.1, lambda: writer.append(drafts(air(1)))).start()
    assert reader.wait({}, 20)
    assert not reader.wait({AIR: 1}, 0.05)


def test_threads_that_append_at_once_lose_and_double_nothing(opened: Callable[[], EventLog]) -> None:
    log = opened()
    ends: list[int] = []

    def append(number: int) -> None:
        for n in range(10):
            ends.append(log.append(drafts(air(1, 100 * number + n)))[AIR])

    threads = [threading.Thread(target=append, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == list(range(1, 41))
    assert len(set(datums(log))) == 40


def test_two_writers_take_turns(opened: Callable[[], EventLog]) -> None:
    one, other = opened(), opened()
    for n in range(5):
        one.append(drafts(air(1, 2 * n)))
        other.append(drafts(air(1, 2 * n + 1)))
    assert one.ends() == other.ends() == {AIR: 10}
    assert len(set(datums(one))) == 10


def test_a_closed_log_says_so(opened: Callable[[], EventLog]) -> None:
    log = opened()
    log.close()
    with pytest.raises(LogUnavailable, match="closed"):
        log.append(drafts(air(1)))
    with pytest.raises(LogUnavailable, match="closed"):
        log.ends()


@pytest.mark.parametrize("name", LOGS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3), min_size=1, max_size=5), data=st.data())
def test_from_any_offset_on_nothing_is_missed_and_nothing_comes_twice(
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    name: str,
    sizes: list[list[int]],
    data: st.DataObject,
) -> None:
    log = LOGS[name](tmp_path_factory.mktemp("log"), request, "abc")
    for number, appended in enumerate(sizes):
        log.append([_draft(topic, number, size) for topic, size in zip("abc", appended, strict=False)])
    after = {stream: data.draw(st.integers(0, end)) for stream, end in log.ends().items()}
    rest = {stream: list(range(after[stream], end)) for stream, end in log.ends().items()}
    found: dict[Stream, list[int]] = {stream: [] for stream in rest}
    for batch in log.read(after):
        found[batch.stream] += [o for o in range(batch.base_offset, batch.end) if o >= after[batch.stream]]
    assert found == rest
    log.close()


def test_a_moment_is_where_the_events_recorded_since_then_begin(opened: Callable[[], EventLog]) -> None:
    log = opened()
    events = air(5)
    log.append(drafts(events))
    assert log.since(events[3].fields["recorded_at"]) == {AIR: 3}
    assert log.since(events[0].fields["recorded_at"] - timedelta(hours=1)) == {AIR: 0}
    assert log.since(events[4].fields["recorded_at"] + timedelta(hours=1)) == {AIR: 5}


def _draft(topic: str, number: int, size: int) -> Draft:
    return Draft(topic, 1, ["key"] * size, [bytes([number, n]) for n in range(size)])


def test_large_drafts_are_cut_into_batches_of_about_a_megabyte(opened: Callable[[], EventLog]) -> None:
    log = opened()
    datums = [bytes([n % 256]) * 100_000 for n in range(35)]
    log.append([Draft("env1357.air", 1, ["key"] * 35, datums)])
    batches = list(log.read({}))
    assert b"".join(b.datums for b in batches) == b"".join(datums)
    assert len(batches) > 1
    assert max(_weight(b) for b in batches) < 2 * 1024 * 1024


def _weight(batch: Batch) -> int:
    return len(batch.datums)
