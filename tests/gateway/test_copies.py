"""Snapshots of the tables, and data folders that start from them."""

from pathlib import Path

import pytest

from eventlog.codec import drafts
from eventlog.embedded import EmbeddedLog
from gateway.copies import restore
from gateway.operations import OPERATIONS
from gateway.platform import DataFolderInUse, Platform, open_platform, silent
from projections.database import DatabaseUnavailable, Limits
from projections.replay import contents
from tests.factories import observation, section


def filled(platform: Platform) -> Platform:
    offsets = platform.log.append(drafts([observation("a"), section()]))
    assert platform.follower.wait_for(offsets, 20)
    return platform


def test_a_folder_restored_from_a_snapshot_folds_what_came_since(platform: Platform, tmp_path: Path) -> None:
    taken = tmp_path / "taken.duckdb"
    report = OPERATIONS["snapshot"](filled(platform), {"target": str(taken)}, silent)
    assert report["position"] == "env1357.air/0 1, env1357.water/0 1"
    assert platform.follower.wait_for(platform.log.append(drafts([observation("b")])), 20)
    assert restore(taken, tmp_path / "replica") == report["position"]
    path = platform.data / "log.sqlite"
    with open_platform(tmp_path / "replica", Limits(threads=1), open_log=lambda _: EmbeddedLog(path)) as replica:
        assert replica.follower.wait_for(platform.log.ends(), 20)
        with platform.database.read() as ours, replica.database.read() as theirs:
            assert contents(ours.connection) == contents(theirs.connection)


def test_a_snapshot_overwrites_nothing(platform: Platform, tmp_path: Path) -> None:
    taken = tmp_path / "taken.duckdb"
    taken.write_text("mine")
    with pytest.raises(FileExistsError, match="name a new file"):
        OPERATIONS["snapshot"](platform, {"target": str(taken)}, silent)
    assert taken.read_text() == "mine"


def test_only_a_snapshot_is_restored_and_only_into_a_free_folder(platform: Platform, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    other.write_text("no database")
    with pytest.raises(DatabaseUnavailable):
        restore(other, tmp_path / "replica")
    with pytest.raises(DataFolderInUse):
        restore(other, platform.data)
    assert not list((tmp_path / "replica").glob("*.duckdb"))
