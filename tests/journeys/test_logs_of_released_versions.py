"""Whatever a released version wrote is opened, folded, rebuilt and verified by this one."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from projections.database import Limits
from projections.replay import rebuild
from running.operations import OPERATIONS
from running.platform import Platform, open_platform, silent
from schemas.contract import event_types
from schemas.ids import registry
from tests.journeys.steps import fold
from tests.projections.domain import as_written
from tests.released import LOGS, events, version

each_log = pytest.mark.parametrize("log", sorted(LOGS.glob("*.sqlite")), ids=lambda path: path.stem)


@contextmanager
def served(log: Path, folder: Path) -> Iterator[Platform]:
    folder.mkdir(exist_ok=True)
    shutil.copy(log, folder / "log.sqlite")
    with open_platform(folder, Limits(threads=1)) as platform:
        fold(platform)
        yield platform


@each_log
def test_it_is_folded_rebuilt_and_verified(log: Path, tmp_path: Path) -> None:
    with served(log, tmp_path / "data") as platform:
        rebuild(platform.log, platform.database, platform.follower.paused)
        said = OPERATIONS["verify"](platform, {}, silent)
        assert (said["lag"], said["set_aside"], said["unreadable"], said["unequal"]) == (0, [], 0, [])
        with platform.database.read() as snapshot:
            for name, event_type in event_types().items():
                written = 2 * len([entry for entry in held(log) if registry().entry(entry).event == name])
                table = f"base.{event_type.event}" if event_type.aggregate else "base.observation"
                ((kept,),) = snapshot.connection.execute(f"SELECT count(*) FROM {table}").fetchall()
                assert kept >= written, table


@each_log
def test_it_can_be_written_on(log: Path, tmp_path: Path) -> None:
    with served(log, tmp_path / "data") as platform:
        before = platform.log.ends()
        more = list(events())
        platform.log.append(as_written(more))
        fold(platform)
        assert sum(platform.follower.offsets.values()) == sum(before.values()) + len(more)


@each_log
def test_it_holds_every_schema_there_was(log: Path) -> None:
    assert held(log) == set(range(1, len(held(log)) + 1))


def test_the_present_version_has_one() -> None:
    assert (LOGS / f"{version()}.sqlite").exists(), "run `python -m tests.released`, and commit what it writes"


def held(log: Path) -> set[int]:
    """The schemas by which a log's events are written."""
    with closing(sqlite3.connect(f"file:{log}?immutable=1", uri=True)) as opened:
        return {schema_id for (schema_id,) in opened.execute("SELECT schema_id FROM batch")}
