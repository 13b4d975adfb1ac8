"""Backups: made while a platform goes on, whole, and restored by starting on them."""

import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from eventlog.codec import drafts
from eventlog.log import LogDamaged
from projections.database import Limits
from projections.replay import contents
from running.backup import MANIFEST_FILE
from running.heads import HEADS_FILE
from running.operations import OPERATIONS
from running.platform import LOG_FILE, Platform, open_platform, silent
from running.remote import running_server
from running.sizes import size_of
from tests.conftest import ROOT
from tests.factories import NOON, hours, lake, observation
from tests.waiting import eventually

ONE = Limits(threads=1)


def fill(platform: Platform, *sites: str) -> None:
    for site in sites:
        assert platform.follower.wait_for(platform.log.append(drafts([observation(site)])), 30)


def stated(data: Path) -> list[str]:
    with open_platform(data, ONE) as platform:
        assert platform.follower.wait_for(platform.log.ends(), 30)
        assert OPERATIONS["verify"](platform, {}, silent)["unequal"] == []
        with platform.database.read() as snapshot:
            return [
                row[0]
                for row in snapshot.connection.execute("SELECT site_id FROM air.hourly ORDER BY 1").fetchall()
            ]


def test_a_backup_holds_what_stood_and_is_started_on(platform: Platform, tmp_path: Path) -> None:
    fill(platform, "a", "b")
    (platform.data / "some.key").write_text("kept")
    report = OPERATIONS["backup"](platform, {"target": str(tmp_path / "copy")}, silent)
    fill(platform, "c")
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {
        LOG_FILE,
        HEADS_FILE,
        MANIFEST_FILE,
        "some.key",
    }
    assert report["head"].startswith("2:")
    assert stated(tmp_path / "copy") == ["a", "b"]


def test_tables_built_from_a_backup_equal_those_that_it_was_made_beside(platform: Platform, tmp_path: Path) -> None:
    fill(platform, "a", "b")
    platform.follower.wait_for(platform.log.append(drafts([lake()])), 30)
    OPERATIONS["backup"](platform, {"target": str(tmp_path / "copy")}, silent)
    with open_platform(tmp_path / "copy", ONE) as copy:
        assert copy.follower.wait_for(platform.log.ends(), 30)
        with platform.database.read() as ours, copy.database.read() as theirs:
            assert contents(ours.connection) == contents(theirs.connection)


def test_a_backup_is_of_one_moment_though_appends_go_on(platform: Platform, tmp_path: Path) -> None:
    done = threading.Event()

    def append() -> None:
        for hour in hours(NOON, 3000):
            platform.log.append(drafts([observation("a", hour), lake(f"lake-{hour:%Y%m%d%H}")]))
            if done.is_set():
                return

    writer = threading.Thread(target=append)
    writer.start()
    try:
        for number in range(3):
            OPERATIONS["backup"](platform, {"target": str(tmp_path / str(number))}, silent)
    finally:
        done.set()
        writer.join()
    for number in range(3):
        with open_platform(tmp_path / str(number), ONE) as copy:
            assert copy.log.ends().keys() <= platform.log.ends().keys()
            assert len(set(copy.log.ends().values())) <= 1
            assert copy.follower.wait_for(copy.log.ends(), 30)
            assert OPERATIONS["verify"](copy, {}, silent)["unequal"] == []


def test_a_backup_overwrites_nothing(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        OPERATIONS["backup"](platform, {"target": str(tmp_path / "mine")}, silent)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter"]


def test_a_backup_that_fails_leaves_nothing(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("running.backup.sync", fail)
    with pytest.raises(OSError, match="full"):
        OPERATIONS["backup"](platform, {"target": str(tmp_path / "copy")}, silent)
    assert not (tmp_path / "copy").exists()


def test_a_backup_whose_log_was_lost_or_cut_is_found(platform: Platform, tmp_path: Path) -> None:
    fill(platform, "a", "b")
    OPERATIONS["backup"](platform, {"target": str(tmp_path / "copy")}, silent)
    (tmp_path / "copy" / LOG_FILE).unlink()
    with open_platform(tmp_path / "copy", ONE) as copy, pytest.raises(LogDamaged, match="does not pass through 2:"):
        OPERATIONS["verify"](copy, {}, silent)


def test_the_wal_is_brought_into_the_file_while_it_is_read(platform: Platform) -> None:
    fill(platform, "a")
    batches = platform.log.read({})
    next(batches)
    fill(platform, "b")
    platform.log.settle()  # type: ignore[attr-defined]
    assert b"env1357.air" in (platform.data / LOG_FILE).read_bytes()


def test_sizes_count_what_stands_in_the_wal_and_behind_the_link(platform: Platform) -> None:
    fill(platform, "a")
    log = platform.data / LOG_FILE
    assert size_of(log) == log.stat().st_size + (platform.data / f"{LOG_FILE}-wal").stat().st_size
    assert size_of(platform.database.path) >= platform.database.path.resolve().stat().st_size > 0


def test_a_data_folder_is_its_users_alone(data: Path) -> None:
    data.chmod(0o755)
    (data / LOG_FILE).touch(mode=0o644)
    with open_platform(data, ONE):
        assert data.stat().st_mode & 0o077 == 0
        assert (data / LOG_FILE).stat().st_mode & 0o077 == 0


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "env1357.main", *words]


@pytest.mark.slow
def test_what_the_readme_says_of_backups_is_so(data: Path, tmp_path: Path) -> None:
    said = re.findall(r"^\.venv/bin/env1357 (.*?)\s+#", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    backup, verify, serve = [line for line in said if "/backup/" in line]
    copy = tmp_path / "backup" / "one"

    def words(line: str) -> list[str]:
        return [str(copy) if word.startswith("/backup/") else word for word in shlex.split(line)]

    with open_platform(data, ONE) as platform:
        fill(platform, "a")
    environment = {**os.environ, "ENV1357_PORT": "0", "ENV1357_HJ212_PORT": "0"}
    with subprocess.Popen(command("serve", "--data", str(data)), env=environment) as server:
        eventually(lambda: running_server(data) is not None, 120)
        subprocess.run(command(*words(backup), "--data", str(data)), env=environment, check=True)
        server.kill()
    verified = subprocess.run(command(*words(verify)), env=environment, capture_output=True, text=True, check=True)
    assert "1 batches intact" in verified.stdout
    assert "all equal" in verified.stdout
    with subprocess.Popen(command(*words(serve)), env=environment) as server:
        eventually(lambda: running_server(copy) is not None, 120)
        server.terminate()
        assert server.wait(30) == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (copy, *copy.iterdir()) if not path.is_symlink())
    assert stated(copy) == ["a"]
