"""What only the embedded log promises: all or nothing, a chain that shows any change, and clear refusals."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from eventlog.chain import Head
from eventlog.codec import drafts
from eventlog.embedded import EmbeddedLog
from eventlog.log import LogDamaged, LogUnavailable, Stream
from tests.factories import observation, section

FILLED = [observation("1803A"), section(), observation("1804A")]


@pytest.fixture
def filled(log: EmbeddedLog) -> EmbeddedLog:
    for event in FILLED:
        log.append(drafts([event]))
    return log


def _tamper(path: Path, sql: str) -> None:
    """Change the file as someone with access to it could."""
    with sqlite3.connect(path) as connection:
        connection.executescript("DROP TRIGGER batch_is_never_changed; DROP TRIGGER batch_is_never_removed;" + sql)
    connection.close()


def test_an_intact_chain_passes(filled: EmbeddedLog) -> None:
    assert list(filled.check()) == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE batch SET datums = zeroblob(length(datums)) WHERE position = 2",
        "UPDATE batch SET schema_id = 3 WHERE position = 2",
        "UPDATE batch SET topic = 'env1357.soil' WHERE position = 2",
        "DELETE FROM batch WHERE position = 2",
    ],
)
def test_any_change_breaks_the_chain_where_it_was_made(filled: EmbeddedLog, change: str) -> None:
    _tamper(filled.path, change)
    with pytest.raises(LogDamaged, match=r"batch [23]"):
        list(filled.check())


def test_a_noted_head_shows_that_the_end_was_cut_off(filled: EmbeddedLog) -> None:
    noted = filled.head()
    assert list(filled.check([Head.parse(str(noted))]))
    _tamper(filled.path, "DELETE FROM batch WHERE position = 3")
    assert list(filled.check())
    with pytest.raises(LogDamaged, match="rewritten or cut short"):
        list(filled.check([noted]))


def test_sqlite_itself_refuses_to_change_or_remove(filled: EmbeddedLog) -> None:
    with sqlite3.connect(filled.path) as connection:
        for statement in ("UPDATE batch SET count = 2", "DELETE FROM batch"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
    connection.close()


def test_an_append_that_fails_half_way_leaves_nothing(filled: EmbeddedLog) -> None:
    sound, broken = drafts([observation("1805A")]), drafts([section()])
    before = list(filled.read({}))
    with pytest.raises(TypeError):
        filled.append([*sound, type(broken[0])("env1357.water", 1, ["x"], ["not bytes"])])  # type: ignore[list-item]
    assert list(filled.read({})) == before
    assert filled.append(sound) == {Stream("env1357.air"): 3}


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"no database at all, but some text that is long enough" * 10)
    with pytest.raises(LogDamaged, match="no intact log"):
        EmbeddedLog(tmp_path / "a.sqlite")
    with sqlite3.connect(tmp_path / "b.sqlite") as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(LogDamaged, match="no env1357 log"):
        EmbeddedLog(tmp_path / "b.sqlite")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable, match="unable to open"):
        EmbeddedLog(tmp_path / "nowhere" / "log.sqlite")


_WRITER = """
import sys
from pathlib import Path
from eventlog.codec import drafts
from eventlog.embedded import EmbeddedLog
from tests.factories import observation
log = EmbeddedLog(Path(sys.argv[1]))
for n in range(30):
    log.append(drafts([observation(f"{sys.argv[2]}-{n}")]))
"""


@pytest.mark.slow
def test_writing_processes_are_serialised(log: EmbeddedLog) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(log.path), str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert log.ends() == {Stream("env1357.air"): 90}
    assert len(list(log.check())) == 90


def test_streams_are_read_in_the_order_in_which_they_were_written(log: EmbeddedLog) -> None:
    a, b = observation(), observation(statement=2)
    log.append(drafts([a, section(), b]))
    found = [(batch.stream.topic, batch.base_offset) for batch in log.read({})]
    assert found == [("env1357.air", 0), ("env1357.water", 0), ("env1357.air", 1)]
