"""Derived state is never the end of the line: whatever becomes of the tables, they come back from the log."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from eventlog.codec import drafts
from projections import replay
from projections.database import Database, DatabaseUnavailable, Limits
from projections.fault import is_cut_off
from projections.replay import contents
from running.platform import DATABASE_FILE, Platform, open_platform
from tests.factories import lake, observation
from tests.waiting import eventually

ONE = Limits(threads=1)


class GivenUp:
    """A connection that DuckDB answers nothing more through, or only what is asked of it for reading."""

    def __init__(self, sound: duckdb.DuckDBPyConnection) -> None:
        self._sound = sound

    def _fail(self, *_: Any, **__: Any) -> Any:
        raise duckdb.FatalException("database has been invalidated because of a previous fatal error")

    execute = cursor = register = sql = _fail

    def close(self) -> None:
        self._sound.close()


class Unwritable(GivenUp):
    """One that can be read and fails with the first write."""

    def cursor(self) -> Any:
        return self._sound.cursor()


def fill(platform: Platform) -> None:
    offsets = platform.log.append(drafts([observation(), lake()]))
    assert platform.follower.wait_for(offsets, 30)


def hours(platform: Platform) -> list[tuple[Any, ...]]:
    with platform.database.read() as snapshot:
        return snapshot.connection.execute("SELECT site_id FROM air.hourly ORDER BY ALL").fetchall()


def answers(platform: Platform, *sites: str) -> bool:
    try:
        return hours(platform) == [(site,) for site in sites]
    except DatabaseUnavailable:
        return False


def give_up(platform: Platform, kind: type[GivenUp]) -> None:
    with platform.follower.paused():
        live = platform.database._live
        sound = live.connection
    live.connection = live.engine._connection = kind(sound)  # type: ignore[assignment]


@pytest.mark.parametrize("kind", [GivenUp, Unwritable])
def test_tables_that_duckdb_gave_up_are_opened_anew(platform: Platform, kind: type[GivenUp]) -> None:
    fill(platform)
    give_up(platform, kind)
    offsets = platform.log.append(drafts([observation("1804A")]))
    assert platform.follower.wait_for(offsets, 30)
    assert hours(platform) == [("1803A",), ("1804A",)]
    assert [table for table in replay.compare(platform.log, platform.database) if not table.equal] == []


def test_a_reader_of_tables_that_were_given_up_is_told_to_ask_again(platform: Platform) -> None:
    fill(platform)
    give_up(platform, GivenUp)
    with pytest.raises(DatabaseUnavailable, match="opened anew"):
        hours(platform)
    eventually(lambda: answers(platform, "1803A"))


def test_a_question_that_makes_duckdb_give_up_is_an_outage(platform: Platform) -> None:
    fill(platform)
    with pytest.raises(DatabaseUnavailable), platform.database.read():
        raise duckdb.FatalException("database has been invalidated")
    eventually(lambda: answers(platform, "1803A"))


def test_tables_whose_file_is_gone_bad_meanwhile_are_built_from_the_log(platform: Platform) -> None:
    fill(platform)
    path = platform.database.path.resolve()
    with platform.follower.paused():
        platform.database.writer.execute("CHECKPOINT")
    give_up(platform, GivenUp)
    path.write_bytes(b"garbage" * 1000)
    offsets = platform.log.append(drafts([observation("1804A")]))
    assert platform.follower.wait_for(offsets, 60)
    assert hours(platform) == [("1803A",), ("1804A",)]
    assert platform.database.due is None
    assert (platform.data / f"damaged.{path.name}").exists()


def _flipped(content: bytes) -> bytes:
    return content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]


def test_a_file_that_is_cut_off_beside_its_wal_is_built_anew_too(tmp_path: Path) -> None:
    with open_platform(tmp_path / "alive", ONE) as platform:
        fill(platform)
        shutil.copytree(tmp_path / "alive", tmp_path / "killed", symlinks=True)
    path = (tmp_path / "killed" / DATABASE_FILE).resolve()
    assert path.with_name(f"{path.name}.wal").stat().st_size
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with open_platform(tmp_path / "killed", ONE) as platform:
        assert hours(platform) == [("1803A",)]
        assert platform.health.troubles() == []
    assert path.with_name(f"damaged.{path.name}").exists()


def test_a_file_that_ends_before_blocks_that_were_given_back_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "tables.duckdb"
    with duckdb.connect(str(path)) as writer:
        writer.execute("CREATE TABLE kept AS SELECT random() AS x FROM range(300_000); CHECKPOINT")
        writer.execute("BEGIN; CREATE TABLE much AS SELECT random() AS x FROM range(3_000_000); ROLLBACK")
        writer.execute("CREATE TABLE little AS SELECT 1 AS x; CHECKPOINT")
    with duckdb.connect(str(path)) as opened:
        ((said,),) = opened.execute("SELECT total_blocks * block_size FROM pragma_database_size()").fetchall()
        assert said > path.stat().st_size
        assert not is_cut_off(opened, path)


def test_a_file_that_lacks_a_block_of_a_table_is_cut_off(tmp_path: Path) -> None:
    path, cut = tmp_path / "tables.duckdb", tmp_path / "cut.duckdb"
    with duckdb.connect(str(path)) as writer:
        for name in ("former", "kept"):
            writer.execute(f"CREATE TABLE {name} AS SELECT random() AS x FROM range(300_000); CHECKPOINT")
        writer.execute("DROP TABLE former; CHECKPOINT")
        writer.execute(
            "CREATE TABLE little AS SELECT 1 AS x; CHECKPOINT"
        )  # what describes both stands before `kept`
        cut.write_bytes(path.read_bytes()[: -256 * 1024])
    with duckdb.connect(str(cut)) as opened:
        assert is_cut_off(opened, cut)


@pytest.mark.parametrize(
    "harm",
    [lambda _: b"", lambda b: b[: len(b) // 2], lambda b: b"\0" * len(b), lambda _: b"text" * 999, _flipped],
    ids=["empty", "cut", "zeros", "garbage", "header"],
)
def test_a_damaged_file_is_set_aside_and_built_anew(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    with open_platform(tmp_path, ONE) as platform:
        fill(platform)
    path = (tmp_path / DATABASE_FILE).resolve()
    path.write_bytes(harm(path.read_bytes()))
    with open_platform(tmp_path, ONE) as platform:
        assert hours(platform) == [("1803A",)]
        assert platform.health.troubles() == []
    assert (tmp_path / f"damaged.{path.name}").exists()


def test_a_database_that_is_no_table_of_ours_is_set_aside(tmp_path: Path) -> None:
    with open_platform(tmp_path, ONE) as platform:
        fill(platform)
    path = (tmp_path / DATABASE_FILE).resolve()
    path.unlink()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 1")
    with open_platform(tmp_path, ONE) as platform:
        assert hours(platform) == [("1803A",)]


def test_a_bad_setting_harms_no_tables(tmp_path: Path) -> None:
    with open_platform(tmp_path, ONE) as platform:
        fill(platform)
    with pytest.raises(DatabaseUnavailable, match="can't be set to abc"):
        Database(tmp_path / DATABASE_FILE, Limits(memory="abc"))
    assert not list(tmp_path.glob("damaged.*"))


@pytest.mark.parametrize("left", ["projections.1.duckdb.tmp", "projections.7.duckdb.tmp", "projections.7.duckdb"])
def test_what_a_kill_left_behind_is_cleared_away(tmp_path: Path, left: str) -> None:
    with open_platform(tmp_path, ONE) as platform:
        fill(platform)
    (tmp_path / left).mkdir()
    (tmp_path / left / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"x")
    with open_platform(tmp_path, ONE) as platform:
        assert hours(platform) == [("1803A",)]
        replay.rebuild(platform.log, platform.database, platform.follower.paused)
        assert hours(platform) == [("1803A",)]
    with open_platform(tmp_path, ONE) as platform:
        assert hours(platform) == [("1803A",)]
    assert not (tmp_path / left).is_dir()


def test_a_copy_of_the_folder_says_the_same(platform: Platform, tmp_path: Path) -> None:
    fill(platform)
    replay.rebuild(platform.log, platform.database, platform.follower.paused)
    with platform.follower.paused(), platform.database.read() as snapshot:
        before = contents(snapshot.connection)
        platform.database.writer.execute("CHECKPOINT")
        shutil.copytree(platform.data, tmp_path / "copy", symlinks=True)
    with open_platform(tmp_path / "copy", ONE) as copy, copy.database.read() as snapshot:
        assert contents(snapshot.connection) == before
