"""Rebuilding beside the live tables, swapping, verifying, and looking at an earlier state."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from eventlog.codec import Event, drafts
from projections import replay
from projections.chunk import Chunk
from projections.database import Limits
from projections.engine import Engine, Moved
from projections.past import Scope
from running.platform import Platform, open_platform
from tests.events import event
from tests.factories import NOON, SIX, lake, observation

LATER = datetime(2022, 1, 5, tzinfo=UTC)


def _fill(platform: Platform) -> None:
    hours = [observation(observed_at=NOON + timedelta(hours=n)) for n in range(30)]
    corrected = observation(readings={**SIX, "PM2.5": 200}, statement=2, recorded_at=LATER)
    offsets = platform.log.append(drafts([*hours, lake(), corrected]))
    assert platform.follower.wait_for(offsets, 30)


def _aqi(platform: Platform) -> list[tuple[int]]:
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(
            "SELECT aqi FROM air.hourly WHERE site_id = '1803A' ORDER BY observed_at LIMIT 1"
        ).fetchall()


def test_a_rebuild_says_the_same_in_another_file(platform: Platform) -> None:
    _fill(platform)
    before = platform.database.path.resolve()
    seen: list[tuple[int, int]] = []
    replay.rebuild(platform.log, platform.database, platform.follower.paused, lambda *done: seen.append(done))
    assert platform.database.path.resolve() != before
    assert not before.exists()
    assert seen[-1] == (32, 32)
    assert _aqi(platform) == [(250,)]
    assert [t.table for t in replay.compare(platform.log, platform.database) if not t.equal] == []


def test_what_is_too_much_for_the_memory_is_folded_in_smaller_chunks_and_many_keys_slice_by_slice(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(platform)
    fold, folded = Engine.fold, list[int]()

    def tight(engine: Engine, chunk: Chunk) -> Moved:
        if chunk.events > 31:
            raise duckdb.OutOfMemoryException("could not allocate block")
        folded.append(chunk.events)
        return fold(engine, chunk)

    monkeypatch.setattr(Engine, "fold", tight)
    monkeypatch.setattr("projections.engine._SLICE_KEYS", 4)
    monkeypatch.setattr(replay, "_FEWEST_EVENTS", 16)
    assert [t.table for t in replay.compare(platform.log, platform.database) if not t.equal] == []
    assert sum(folded) == 32


def test_a_read_that_began_before_the_swap_goes_on(platform: Platform) -> None:
    _fill(platform)
    with platform.database.read() as snapshot:
        replay.rebuild(platform.log, platform.database, platform.follower.paused)
        assert snapshot.connection.execute("SELECT count(*) FROM air.hourly").fetchall() == [(30,)]


@pytest.mark.slow
def test_queries_are_answered_and_events_folded_while_a_rebuild_runs(platform: Platform) -> None:
    _fill(platform)
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            assert _aqi(platform) == [(250,)]

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(3):
        replay.rebuild(platform.log, platform.database, platform.follower.paused)
        offsets = platform.log.append(drafts([observation("1804A", NOON + timedelta(hours=number))]))
        assert platform.follower.wait_for(offsets, 30)
    done.set()
    for reader in readers:
        reader.join()
    with platform.database.read() as snapshot:
        counted = snapshot.connection.execute("SELECT count(*) FROM air.hourly").fetchall()
    assert counted == [(33,)]


def test_a_change_behind_the_back_of_the_log_is_found(platform: Platform) -> None:
    _fill(platform)
    with platform.follower.paused():
        platform.database.writer.execute("UPDATE air.hourly SET aqi = 1 WHERE aqi = 250")
    unequal = [t.table for t in replay.compare(platform.log, platform.database) if not t.equal]
    assert unequal == ["air.hourly"]


def test_one_theme_can_be_recomputed_in_place(platform: Platform) -> None:
    _fill(platform)
    with platform.follower.paused():
        platform.database.writer.execute("UPDATE air.hourly SET aqi = 1")
    assert replay.recompute(platform.log, platform.database, platform.follower.paused, "air")["air.hourly"] == 30
    assert [t.table for t in replay.compare(platform.log, platform.database) if not t.equal] == []


def test_a_side_file_holds_what_was_recorded_by_then(platform: Platform, tmp_path: Path) -> None:
    _fill(platform)
    before = LATER.replace(tzinfo=None) - timedelta(minutes=1)
    generation = replay.build(platform.log, tmp_path / "side.duckdb", Limits(threads=1), only=replay.Only(before))
    found = generation.connection.execute("SELECT aqi FROM air.hourly ORDER BY observed_at LIMIT 1").fetchall()
    generation.connection.close()
    assert found == [(65,)]


def test_a_side_file_holds_what_had_happened_by_then_as_it_is_known_today(
    platform: Platform, tmp_path: Path
) -> None:
    _fill(platform)
    moment, last_start = datetime(2022, 1, 3, 20), datetime(2022, 1, 3, 19)  # noqa: DTZ001  UTC, as tables have it
    only = replay.Only(occurred_until=moment)
    generation = replay.build(platform.log, tmp_path / "side.duckdb", Limits(threads=1), only=only)
    asked = "SELECT observed_at, aqi FROM air.hourly WHERE ends_at <= $moment ORDER BY 1"
    found = generation.connection.execute(asked, {"moment": moment}).fetchall()
    ((last,),) = generation.connection.execute("SELECT max(observed_at) FROM air.hourly").fetchall()
    generation.connection.close()
    with platform.database.read() as snapshot:
        assert found == snapshot.connection.execute(asked, {"moment": moment}).fetchall()
    assert (found[0][1], last) == (250, last_start)  # the correction, though it was recorded days after


def test_what_goes_on_from_something_that_happened_later_is_not_set_aside(
    platform: Platform, tmp_path: Path
) -> None:
    reported = ghg(LATER - timedelta(days=3), 100.0)
    late = ghg(LATER, 90.0, reported)  # taken down before the correction that is dated back
    dated_back = ghg(LATER - timedelta(days=2), 80.0, late)
    platform.log.append(drafts([reported, late, dated_back]))
    only = replay.Only(occurred_until=(LATER - timedelta(days=1)).replace(tzinfo=None))
    generation = replay.build(platform.log, tmp_path / "side.duckdb", Limits(threads=1), only=only)
    energy = generation.connection.execute("SELECT energy_tce FROM air.ghg_report").fetchall()
    rivalled = generation.connection.execute("FROM ops.superseded").fetchall()
    generation.connection.close()
    assert (energy, rivalled) == ([(80.0,)], [])


def ghg(at: datetime, energy: float, after: Event | None = None) -> Event:
    said = {"enterprise_id": "works", "year": 2021, "energy_tce": energy}
    return event("air.ghg_reported", "works/2021", after, occurred_at=at, **said)


@pytest.mark.parametrize(("moment", "aqi"), [(LATER - timedelta(minutes=1), 65), (LATER, 250)])
def test_as_of_shows_what_was_known_then(platform: Platform, moment: datetime, aqi: int) -> None:
    _fill(platform)
    scope = Scope(sites=["1803A"], since=datetime(2022, 1, 3), until=datetime(2022, 1, 4))  # noqa: DTZ001
    asked = moment.replace(tzinfo=None), ["air.hourly", "air.daily"], scope
    with platform.database.read() as snapshot, platform.pasts.at(snapshot.connection, *asked) as past:
        hours = past.connection.execute("SELECT aqi FROM air.hourly ORDER BY observed_at").fetchall()
        days = past.connection.execute("SELECT count(*) FROM air.daily").fetchall()
    assert hours[0] == (aqi,)
    assert days == [(2,)]


def test_as_of_a_time_before_everything_is_empty(platform: Platform) -> None:
    _fill(platform)
    asked = datetime(2000, 1, 1), ["air.hourly", "base.site"], Scope()  # noqa: DTZ001
    with platform.database.read() as snapshot, platform.pasts.at(snapshot.connection, *asked) as past:
        assert past.connection.execute("SELECT count(*) FROM base.site").fetchall() == [(0,)]


def test_tables_of_another_version_are_rebuilt_on_opening(tmp_path: Path) -> None:
    with open_platform(tmp_path, Limits(threads=1)) as platform:
        _fill(platform)
        with platform.follower.paused():
            platform.database.writer.execute("UPDATE ops.built_by SET fingerprint = 'older'")
            platform.database.writer.execute("DELETE FROM air.hourly")
    with open_platform(tmp_path, Limits(threads=1)) as platform:
        assert _aqi(platform) == [(250,)]


def test_what_fails_to_fold_is_told_and_tried_again(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    from projections import engine

    broken = threading.Event()
    broken.set()
    sound = engine.replace_keys

    def fail(*arguments: object) -> None:
        if broken.is_set():
            raise RuntimeError("disk on fire")
        sound(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "replace_keys", fail)
    offsets = platform.log.append(drafts([observation()]))
    assert not platform.follower.wait_for(offsets, 0.4)
    assert platform.follower.failure == "RuntimeError: disk on fire"
    broken.clear()
    assert platform.follower.wait_for(offsets, 30)
    assert platform.follower.lag() == 0
