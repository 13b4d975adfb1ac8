"""Snapshots of the tables, and data folders that start from them."""

import json
from pathlib import Path

import polars as pl
import pytest

from eventlog.codec import drafts
from eventlog.embedded import EmbeddedLog
from projections.database import DatabaseUnavailable, Limits
from projections.replay import contents
from running.copies import restore
from running.operations import OPERATIONS
from running.platform import DataFolderInUse, Platform, open_platform, silent
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


def test_as_parquet_other_programs_read_every_table_as_of_one_position(platform: Platform, tmp_path: Path) -> None:
    asked = {"target": str(tmp_path / "copy"), "format": "parquet"}
    report = OPERATIONS["snapshot"](filled(platform), asked, silent)
    said = json.loads((tmp_path / "copy" / "manifest.json").read_text())
    assert ", ".join(f"{stream} {offset}" for stream, offset in said["position"].items()) == report["position"]
    assert report["bytes"] == sum(path.stat().st_size for path in (tmp_path / "copy").glob("*/*.parquet"))
    with platform.database.read() as snapshot:
        for table in said["tables"]:
            (count,) = snapshot.connection.execute(f"SELECT count(*) FROM {table['table']}").fetchall()[0]
            read = pl.read_parquet(tmp_path / "copy" / table["file"])
            assert (read.height, read.columns) == (count, list(table["columns"])), table["table"]
            assert table["rows"] == count
    assert "base.reading" in {table["table"] for table in said["tables"] if table["rows"]}
    assert not (tmp_path / "copy.partial").exists()


def test_a_folder_that_is_there_is_not_written_into(platform: Platform, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="name a new folder"):
        OPERATIONS["snapshot"](platform, {"target": str(tmp_path), "format": "parquet"}, silent)
