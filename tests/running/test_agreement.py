"""A log and the tables beside it: an older log, another, none at all, and one that was rewritten."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from eventlog.chain import GENESIS, link
from eventlog.codec import drafts
from eventlog.log import LogDamaged
from projections.database import Limits
from running.heads import HEADS_FILE, read_heads
from running.operations import OPERATIONS
from running.platform import LOG_FILE, open_platform, silent
from tests.factories import observation

ONE = Limits(threads=1)
Forge = Callable[[sqlite3.Connection], object]


def record(data: Path, *sites: str) -> None:
    """Append and fold an observation of each site, with a platform of its own."""
    with open_platform(data, ONE) as platform:
        for site in sites:
            assert platform.follower.wait_for(platform.log.append(drafts([observation(site)])), 30)


def sites(data: Path) -> list[str]:
    with open_platform(data, ONE) as platform:
        assert platform.follower.wait_for(platform.log.ends(), 30)
        assert platform.follower.lag() == 0
        with platform.database.read() as snapshot:
            return [
                site
                for (site,) in snapshot.connection.execute("SELECT site_id FROM air.hourly ORDER BY 1").fetchall()
            ]


def forge(data: Path, change: Forge) -> None:
    """Change a log as somebody would who knows how it is made: with a chain that holds."""
    with sqlite3.connect(data / LOG_FILE) as connection:
        connection.executescript("DROP TRIGGER batch_is_never_changed; DROP TRIGGER batch_is_never_removed")
        change(connection)
        seal = GENESIS
        for position, *row in connection.execute(
            "SELECT position, topic, base_offset, schema_id, count, datums FROM batch ORDER BY position"
        ).fetchall():
            seal = link(seal, *row)
            connection.execute("UPDATE batch SET chain = ? WHERE position = ?", (seal, position))
    connection.close()


def _rewritten(connection: sqlite3.Connection) -> None:
    (datums,) = connection.execute("SELECT datums FROM batch WHERE position = 2").fetchone()
    connection.execute("UPDATE batch SET datums = ? WHERE position = 2", (datums.replace(b"b", b"x"),))


def _cut(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM batch WHERE position = 3")


def test_tables_ahead_of_an_older_log_are_set_aside_and_what_comes_next_is_folded(tmp_path: Path) -> None:
    record(tmp_path, "a", "b")
    older = shutil.copy(tmp_path / LOG_FILE, tmp_path / "older")
    record(tmp_path, "c", "d")
    shutil.copy(older, tmp_path / LOG_FILE)
    (tmp_path / HEADS_FILE).unlink()
    assert sites(tmp_path) == ["a", "b"]
    assert len(list(tmp_path.glob("ahead.*.duckdb"))) == 1
    record(tmp_path, "e", "f", "g")
    assert sites(tmp_path) == ["a", "b", "e", "f", "g"]


def test_tables_of_another_log_are_set_aside_though_it_is_longer(tmp_path: Path) -> None:
    record(tmp_path / "one", "a")
    record(tmp_path / "other", "b", "c", "d")
    shutil.copy(tmp_path / "other" / LOG_FILE, tmp_path / "one" / LOG_FILE)
    assert sites(tmp_path / "one") == ["b", "c", "d"]


@pytest.mark.parametrize("emptied", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_log_that_is_gone_is_not_begun_anew_over_full_tables(
    tmp_path: Path, emptied: Callable[[Path], object]
) -> None:
    record(tmp_path, "a")
    kept = (tmp_path / LOG_FILE).read_bytes()
    emptied(tmp_path / LOG_FILE)
    for _ in range(2):
        with pytest.raises(LogDamaged, match="the last copy of what was recorded"), open_platform(tmp_path, ONE):
            pass
    (tmp_path / LOG_FILE).write_bytes(kept)
    assert sites(tmp_path) == ["a"]


def test_a_folder_that_never_held_an_event_is_begun(tmp_path: Path) -> None:
    record(tmp_path)
    (tmp_path / LOG_FILE).unlink()
    record(tmp_path, "a")
    assert sites(tmp_path) == ["a"]


@pytest.mark.parametrize("change", [_rewritten, _cut], ids=["rewritten", "cut"])
def test_a_forgery_whose_chain_holds_is_found_by_the_heads_that_were_noted(tmp_path: Path, change: Forge) -> None:
    record(tmp_path, "a", "b", "c")
    forge(tmp_path, change)
    for path in tmp_path.glob("projections*"):
        path.unlink()
    with open_platform(tmp_path, ONE) as platform:
        assert [trouble.part for trouble in platform.health.troubles()] == ["log"]
        with pytest.raises(LogDamaged, match="does not pass through 3:"):
            OPERATIONS["verify"](platform, {}, silent)


def test_heads_are_noted_in_a_second_place_too(tmp_path: Path) -> None:
    second = tmp_path / "elsewhere"
    with open_platform(tmp_path / "data", ONE, heads_file=second) as platform:
        platform.log.append(drafts([observation()]))
    assert read_heads([second]) == read_heads([tmp_path / "data" / HEADS_FILE]) != []


def test_a_head_that_a_kill_cut_short_is_passed_over(tmp_path: Path) -> None:
    record(tmp_path, "a")
    heads = tmp_path / HEADS_FILE
    heads.write_text(heads.read_text() + '{"position": 1, "ch')
    record(tmp_path, "b")
    assert [head.position for head in read_heads([heads])] == [1, 2]


def test_a_second_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    with open_platform(tmp_path / "data", ONE, heads_file=tmp_path / "no" / "folder") as platform:
        platform.log.append(drafts([observation()]))
        note = next(look for name, look in platform.health._looks.items() if name == "heads")
        note.__self__.note()  # type: ignore[attr-defined]
        assert "can't be noted" in next(iter(note())).message


def test_a_log_whose_index_is_damaged_is_found(tmp_path: Path) -> None:
    record(tmp_path, "a", "b", "c")
    path = tmp_path / LOG_FILE
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        name = "sqlite_autoindex_batch_1"
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    at = content.index(b"\x04\x23\x09\x01env1357.air\x02", (root - 1) * 16384)  # offset 1, at position 2
    content[at + 2] = 8  # offset 0
    path.write_bytes(bytes(content))
    with open_platform(tmp_path, ONE) as platform, pytest.raises(LogDamaged, match="SQLite's own pages"):
        OPERATIONS["verify"](platform, {}, silent)
