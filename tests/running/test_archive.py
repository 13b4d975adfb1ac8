"""The archive: fine readings leave for files that can be found, held against what was said, and written anew."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from eventlog.codec import drafts
from gateway.metrics import exposition
from projections.database import Limits
from running import archive as archiving
from running.archive import archive, archives, check, kept_from
from running.operations import OPERATIONS
from running.platform import Platform, open_platform, silent
from services.checks import local_day
from services.decider import Refused
from tests.conftest import Ask
from tests.factories import NOON, observation

ONE = Limits(threads=1)
MINUTES = [
    observation("1803A", at + timedelta(minutes=n), {"PM2.5": 10.0 + n, "SO2": 7.0}, period="MINUTE")
    for at in (NOON, NOON + timedelta(days=1))
    for n in range(3)
]
READ = """query($asOf: DateTime) { readings(siteId: "1803A", since: "2022-01-01T00:00:00Z",
  until: "2022-02-01T00:00:00Z", asOf: $asOf) { nodes {
  factor period observedAt recordedAt value unit source setAside } } }"""


def tell(platform: Platform, *events: Any) -> None:
    assert platform.follower.wait_for(platform.log.append(drafts(events)), 30)


def leave(platform: Platform, months: int = 1) -> dict[str, Any]:
    return OPERATIONS["archive"](platform, {"months": months}, silent)


def rows(platform: Platform, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in OPERATIONS["sql"](platform, {"query": sql}, silent)["rows"]]


def files(platform: Platform) -> list[Path]:
    return sorted((platform.data / "archive").rglob("*.parquet"))


@pytest.fixture
def archived(platform: Platform) -> Platform:
    tell(platform, observation("1803A"), *MINUTES)
    assert leave(platform)["readings"] == 12
    return platform


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [(date(2026, 11, 25), 1, date(2026, 10, 1)), (date(2026, 1, 31), 12, date(2025, 1, 1))],
)
def test_whole_months_stay(today: date, months: int, first: date) -> None:
    assert kept_from(today, months) == first


def test_a_day_begins_at_midnight_in_the_district() -> None:
    assert local_day(datetime(2026, 11, 24, 16, tzinfo=UTC)) == date(2026, 11, 25)


def test_what_is_archived_is_found_and_equals_what_stood(platform: Platform) -> None:
    tell(platform, observation("1803A"), *MINUTES)
    columns = "site_id, factor, period, observed_at, day, value, unit, mark, source, set_aside, standing"
    before = rows(platform, f"SELECT {columns} FROM base.reading WHERE period = 'MINUTE' ORDER BY ALL")
    report = leave(platform)
    assert (report["days"], report["statements"], len(files(platform))) == (2, 6, 2)
    assert rows(platform, "SELECT DISTINCT period FROM base.reading") == [("HOUR",)]
    assert rows(platform, f"SELECT {columns} FROM reading_archived ORDER BY ALL") == before


def test_archives_and_their_hours_are_listed(platform: Platform, ask: Ask) -> None:
    tell(platform, *MINUTES)
    leave(platform)
    asked = """{ archives(subsystem: "air", until: "2022-01-03") { day part statements readings file }
      fineHours(siteId: "1803A", since: "2022-01-03T00:00:00Z", until: "2022-01-04T00:00:00Z") {
        factor hourAt readings lowest mean highest } }"""
    said = ask(asked)
    assert [(a["day"], a["part"], a["readings"]) for a in said["archives"]] == [("2022-01-03", 1, 6)]
    assert (platform.data / said["archives"][0]["file"]).exists()
    hour = {"factor": "PM2.5", "hourAt": "2022-01-03T04:00:00+00:00", "readings": 3}
    assert said["fineHours"][0] == {**hour, "lowest": 10.0, "mean": 11.0, "highest": 12.0}


def test_metrics_count_the_archive(archived: Platform) -> None:
    text = exposition(archived).decode()
    files(archived)[0].unlink()
    later = exposition(archived).decode()
    assert "env1357_archive_files 2.0" in text
    assert "env1357_archive_readings 12.0" in text
    assert "env1357_archive_files_found 2.0" in text
    assert "env1357_archive_files_found 1.0" in later


def test_archiving_again_archives_nothing(archived: Platform) -> None:
    ends = archived.log.ends()
    assert leave(archived)["days"] == 0
    assert archived.log.ends() == ends


def test_what_is_younger_than_the_months_stays(platform: Platform) -> None:
    tell(platform, *MINUTES)
    assert leave(platform, months=12 * 8)["days"] == 0


def test_readings_are_asked_for_as_ever(platform: Platform, ask: Ask) -> None:
    tell(platform, observation("1803A"), *MINUTES)
    known = (MINUTES[1].fields["recorded_at"]).isoformat()
    before = ask(READ), ask(READ, asOf=known)
    leave(platform)
    assert (ask(READ), ask(READ, asOf=known)) == before
    assert [len(said["readings"]["nodes"]) for said in before] == [6 + 12, 6 + 4]


def test_a_late_correction_is_seen_and_leaves_with_the_next_archive(archived: Platform) -> None:
    late = observation("1803A", NOON, {"PM2.5": 99.0, "SO2": 7.0}, period="MINUTE", statement=2)
    tell(archived, late)
    values = "SELECT value FROM base.reading_current WHERE period = 'MINUTE' AND factor = 'PM2.5'"
    assert rows(archived, values) == [(99.0,)]
    assert leave(archived)["statements"] == 1
    assert rows(archived, values) == []
    found = "SELECT arg_max(value, standing), count(*) FROM reading_archived WHERE factor = 'PM2.5'"
    assert rows(archived, f"{found} AND observed_at = TIMESTAMP '{NOON:%Y-%m-%d %H:%M:%S}'") == [(99.0, 2)]
    assert OPERATIONS["verify"](archived, {}, silent)["bad_archives"] == []


DAMAGE: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "empty": lambda path: path.write_bytes(b""),
    "another's": lambda path: path.write_bytes(files_of_another(path).read_bytes()),
}


def files_of_another(path: Path) -> Path:
    return next(each for each in path.parents[2].rglob("*.parquet") if each != path)


@pytest.mark.parametrize("harm", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_file_that_is_not_well_is_told_and_written_anew(
    archived: Platform, harm: Callable[[Path], object]
) -> None:
    path = files(archived)[0]
    harm(path)
    bad = OPERATIONS["verify"](archived, {}, silent)["bad_archives"]
    assert [each["file"] for each in bad] == [str(path.relative_to(archived.data))]
    with pytest.raises(Refused, match=path.name):
        rows(archived, "SELECT count(*) FROM reading_archived")
    assert OPERATIONS["archive"](archived, {"mend": True}, silent) == {"mended": [bad[0]["file"]], "bad": []}
    assert OPERATIONS["verify"](archived, {}, silent)["bad_archives"] == []
    assert rows(archived, "SELECT count(*) FROM reading_archived") == [(12,)]


@pytest.mark.parametrize("column", ["values", "recorded_at", "marks", "site_id", "reviewed", "event_id"])
def test_a_forged_file_is_told(archived: Platform, column: str) -> None:
    path = files(archived)[0]
    with archived.database.read() as snapshot:
        each = archives(snapshot.connection)[0]
    frame = archiving._read(path)
    assert check(archived.data, each) is None
    turned = frame[column].reverse() if column not in ("reviewed", "marks", "site_id") else frame[column].shift(1)
    frame.with_columns(turned.alias(column)).write_parquet(path)
    assert check(archived.data, each) == "it says something else than was archived"


def test_a_replay_from_zero_gives_the_same_tables(archived: Platform) -> None:
    tell(archived, observation("1803A", NOON, {"PM2.5": 99.0}, period="MINUTE", statement=2))
    report = OPERATIONS["verify"](archived, {}, silent)
    assert (report["unequal"], report["lag"], report["archives"]) == ([], 0, 2)


def test_a_theme_is_recomputed_from_what_left_too(archived: Platform) -> None:
    before = rows(archived, "FROM monitor.fine_hour ORDER BY ALL")
    OPERATIONS["replay"](archived, {"only": "monitor"}, silent)
    assert rows(archived, "FROM monitor.fine_hour ORDER BY ALL") == before
    assert rows(archived, "SELECT DISTINCT period FROM base.reading") == [("HOUR",)]


def test_a_backup_holds_the_archive(archived: Platform, tmp_path: Path) -> None:
    OPERATIONS["backup"](archived, {"target": str(tmp_path / "copy")}, silent)
    with open_platform(tmp_path / "copy", ONE) as restored:
        assert restored.follower.wait_for(restored.log.ends(), 30)
        report = OPERATIONS["verify"](restored, {}, silent)
        assert (report["archives"], report["bad_archives"], report["unequal"]) == (2, [], [])


def test_no_event_names_a_file_that_was_not_written_whole(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(platform, *MINUTES)
    ends = platform.log.ends()

    def dies(_: Path) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(archiving, "sync", dies)
    with pytest.raises(OSError, match="full"):
        leave(platform)
    assert (platform.log.ends(), files(platform)) == (ends, [])
    monkeypatch.undo()
    assert leave(platform)["days"] == 2


def test_what_lacks_events_is_not_archived_and_a_stop_does_not_wait(platform: Platform) -> None:
    with platform.follower.paused():
        platform.log.append(drafts(MINUTES))
        with pytest.raises(Refused, match="lack events"):
            archive(platform, date(2024, 1, 1), lambda *_: None, lambda: True)
    assert files(platform) == []


def test_a_stop_ends_behind_a_day(platform: Platform) -> None:
    tell(platform, *MINUTES)
    asked = iter([False, True])
    done = archive(platform, date(2024, 1, 1), lambda *_: None, lambda: next(asked))
    assert [each.day for each in done] == [date(2022, 1, 3)]
    assert leave(platform)["days"] == 1
