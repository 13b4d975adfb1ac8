"""Importing files: good rows, bad rows, cut files and files of another kind."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from ingest.suggesting import suggest
from running.operations import OPERATIONS
from running.platform import Platform, silent
from services.decider import Refused
from tests.ingest.test_observations import STATION
from tests.journeys.steps import in_quarantine

PROFILES = Path(__file__).parents[2] / "ingest" / "profiles"
HEADER = "timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h"
GOOD = "2022-01-03T13:00:00,1803A,40,80,10,40,0.8,60"


@pytest.fixture(autouse=True)
def station(platform: Platform) -> None:
    platform.handler.handle(STATION)


def imported(platform: Platform, *paths: Path, kind: str = "cnemc") -> dict[str, Any]:
    return OPERATIONS["import"](platform, {"files": [str(path) for path in paths], "kind": kind}, silent)


def written(folder: Path, *rows: str, name: str = "hours.csv", end: str = "\n") -> Path:
    path = folder / name
    path.write_bytes((HEADER + "\n" + "\n".join(rows) + end).encode())
    return path


def quarantined(platform: Platform) -> list[tuple[Any, ...]]:
    return list(in_quarantine(platform))


def test_the_end_of_an_hour_becomes_its_start_in_utc(platform: Platform, tmp_path: Path) -> None:
    assert imported(platform, written(tmp_path, GOOD))["accepted"] == 1
    with platform.database.read() as snapshot:
        found = snapshot.connection.execute(
            "SELECT strftime(observed_at, '%d %H:%M'), aqi FROM air.hourly"
        ).fetchall()
    assert found == [("03 04:00", 65)]


def test_importing_again_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    imported(platform, path)
    before = platform.log.ends()
    assert imported(platform, path)["repeated"] == 1
    assert platform.log.ends() == before


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (GOOD.replace("1803A", "9999Z"), "unknown_site"),
        (GOOD.replace("2022-01-03T13:00:00", "yesterday"), "not_a_time"),
        (GOOD.replace("2022", "2122"), "in_the_future"),
        (GOOD + ",1,2,3", "malformed_row"),
        ('2022-01-03T13:00:00,"18"03A,40,80,10,40,0.8,60', "malformed_row"),
    ],
)
def test_a_bad_row_is_kept_and_the_others_go_on(platform: Platform, tmp_path: Path, row: str, code: str) -> None:
    report = imported(platform, written(tmp_path, row, GOOD))
    assert (report["accepted"], report["refused"]) == (1, 1)
    assert quarantined(platform) == [(code, "hours.csv, line 2", (row + "\n").encode())]


def test_a_bad_item_is_kept_and_costs_no_other_item_of_its_row(platform: Platform, tmp_path: Path) -> None:
    row = GOOD.replace("40,80", "forty,80")
    report = imported(platform, written(tmp_path, row, GOOD.replace("T13", "T14")))
    assert (report["accepted"], report["refused"], report["items_refused"]) == (2, 1, 1)
    assert quarantined(platform) == [("not_a_number", "hours.csv, line 2", (row + "\n").encode())]
    with platform.database.read() as snapshot:
        sql = "SELECT factor FROM base.reading WHERE hour(observed_at) = 4 ORDER BY factor"
        found = snapshot.connection.execute(sql).fetchall()
    assert [factor for (factor,) in found] == ["CO", "NO2", "O3", "PM10", "SO2"]


def test_the_row_that_a_cut_file_ends_in_is_kept(platform: Platform, tmp_path: Path) -> None:
    report = imported(platform, written(tmp_path, GOOD, "2022-01-03T14:00:00,1803A,4", end=""))
    assert (report["accepted"], report["refused"]) == (1, 1)
    assert quarantined(platform)[0] == ("truncated_row", "hours.csv, line 3", b"2022-01-03T14:00:00,1803A,4")


def test_a_cut_gzip_file_gives_what_can_be_read_and_is_kept_whole(platform: Platform, tmp_path: Path) -> None:
    rows = "\n".join([HEADER, *(GOOD.replace("T13", f"T{hour:02}") for hour in range(24))])
    cut = tmp_path / "hours.csv.gz"
    cut.write_bytes(gzip.compress(rows.encode())[:-20])
    report = imported(platform, cut)
    assert report["refused_by_code"]["truncated_file"] == 1
    assert ("truncated_file", "hours.csv.gz", cut.read_bytes()) in quarantined(platform)
    assert report["rows_taken"] > 0


def test_a_file_of_another_kind_is_refused_naming_what_is_missing(platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(b"a,b\n1,2\n")
    report = imported(platform, path)
    assert "there is no column stationcode, timepoint" in report["refusals"][0]
    assert quarantined(platform) == [("columns_missing", "other.csv", b"a,b\n1,2\n")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", b"...", "unknown_format"),
        ("a.csv", b"\xff\xfe\x00", "not_utf8"),
        ("a.csv", b"", "columns_missing"),
        ("a.csv.gz", b"no gzip", "truncated_file"),
    ],
)
def test_what_is_no_table_is_refused_and_kept(
    platform: Platform, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert imported(platform, tmp_path / name)["refused"] == 1
    assert quarantined(platform) == [(code, name, content)]


def test_an_unknown_kind_is_refused_with_those_there_are(platform: Platform, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cnemc"):
        imported(platform, written(tmp_path, GOOD), kind="weather")


def _as_excel(frame: pl.DataFrame, path: Path) -> None:
    frame.write_excel(path)


WRITERS: dict[str, Callable[[pl.DataFrame, Path], Any]] = {
    "xlsx": _as_excel,
    "parquet": lambda frame, path: frame.write_parquet(path),
    "json": lambda frame, path: frame.write_json(path),
    "ndjson": lambda frame, path: frame.write_ndjson(path),
}


@pytest.mark.parametrize("ending", list(WRITERS))
def test_other_formats_say_the_same_as_csv(platform: Platform, tmp_path: Path, ending: str) -> None:
    imported(platform, written(tmp_path, GOOD))
    frame = pl.read_csv(written(tmp_path, GOOD, GOOD.replace("1803A", "9999Z")))
    path = tmp_path / f"hours.{ending}"
    WRITERS[ending](frame, path)
    if ending.endswith("json"):
        text = path.read_text()
        path.write_text(text.replace("[", '{"features": [').replace("]", "]}") if ending == "json" else text)
    how = yaml.safe_load((PROFILES / "cnemc.yaml").read_text())
    (tmp_path / "mine.yaml").write_text(
        yaml.safe_dump({**how, "records": "features" if ending == "json" else None})
    )
    report = imported(platform, path, kind=str(tmp_path / "mine.yaml"))
    assert (report["repeated"], report["accepted"], report["refused"]) == (1, 0, 1)
    ((code, origin, content),) = quarantined(platform)
    assert (code, origin) == ("unknown_site", f"hours.{ending}, line 3")
    assert b"9999Z" in content


def test_a_dry_run_records_nothing_and_says_what_would_be(platform: Platform, tmp_path: Path) -> None:
    bad = [GOOD.replace("1803A", f"x{number}") for number in range(9)]
    path, before = written(tmp_path, GOOD, *bad), platform.log.ends()
    arguments = {"files": [str(path)], "kind": "cnemc", "dry_run": True}
    report = OPERATIONS["import"](platform, arguments, silent)
    assert (report["accepted"], report["refused"]) == (1, 9)
    assert [line.split(":")[0] for line in report["refusals"]] == [f"hours.csv, line {n}" for n in range(3, 12)]
    assert platform.log.ends() == before


def test_many_rows_refused_for_one_reason_are_kept_together(platform: Platform, tmp_path: Path) -> None:
    bad = [GOOD.replace("1803A", f"x{number}") for number in range(300)]
    report = imported(platform, written(tmp_path, *bad, GOOD))
    assert (report["accepted"], report["refused"]) == (1, 300)
    assert len(report["refusals"]) == 5
    ((code, origin, content),) = quarantined(platform)
    assert (code, origin) == ("unknown_site", "hours.csv, 300 rows, lines 2 to 301")
    assert content == ("\n".join(bad) + "\n").encode()


def test_a_value_below_the_detection_limit_is_kept_as_that(platform: Platform, tmp_path: Path) -> None:
    imported(platform, written(tmp_path, GOOD.replace("40,80,10", "40,<8,1.5L")))
    with platform.database.read() as snapshot:
        found = snapshot.connection.execute(
            "SELECT factor, value FROM base.reading WHERE mark = '<' ORDER BY factor"
        ).fetchall()
    assert found == [("PM10", 8.0), ("SO2", 1.5)]


def test_a_time_that_comes_twice_is_refused(platform: Platform, tmp_path: Path) -> None:
    how = yaml.safe_load((PROFILES / "cnemc.yaml").read_text())
    how["time"]["zone"] = "America/New_York"
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(how))
    twice = GOOD.replace("2022-01-03T13:00:00", "2021-11-07T01:30:00")
    report = imported(platform, written(tmp_path, twice), kind=str(tmp_path / "mine.yaml"))
    assert "comes twice or never" in report["refusals"][0]


def test_what_came_in_another_state_is_converted_or_set_aside(platform: Platform, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("state: standard\n" + (PROFILES / "cnemc.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    imported(platform, written(tmp_path, GOOD.replace(",10,40,", ",59.63,40,")), kind=str(mine))
    sql = "SELECT factor, value, mark, set_aside FROM base.reading WHERE factor IN ('SO2', 'PM10') ORDER BY factor"
    with platform.database.read() as snapshot:
        assert snapshot.connection.execute(sql).fetchall() == [
            ("PM10", 80.0, "K", "marked K"),
            ("SO2", 54.63, "", None),
        ]


def test_a_profile_that_lacks_something_is_told(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("title: mine\n")
    with pytest.raises(Refused, match="it needs missing, source, title"):
        imported(platform, written(tmp_path, GOOD), kind=str(tmp_path / "mine.yaml"))


def test_a_file_that_holds_a_correction_is_taken_down_once(platform: Platform, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, GOOD.replace("40,80", "50,80"))
    assert imported(platform, path)["restated"] == 1
    before = platform.log.ends()
    again = imported(platform, path)
    assert (again["rows"], again["repeated"], again["accepted"]) == (2, 2, 0)
    assert platform.log.ends() == before
    arguments = {"files": [str(path)], "kind": "cnemc", "again": True}
    assert OPERATIONS["import"](platform, arguments, silent)["restated"] == 2


def test_a_file_of_which_rows_were_refused_is_read_again(platform: Platform, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, GOOD.replace("1803A", "9999Z"))
    assert imported(platform, path)["refused"] == 1
    assert imported(platform, path)["refused"] == 1
    platform.handler.handle(replace(STATION, site_id="9999Z"))
    assert imported(platform, path)["accepted"] == 1
    before = platform.log.ends()
    assert imported(platform, path)["repeated"] == 2
    assert platform.log.ends() == before


def test_a_profile_is_suggested_from_the_columns(platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("站点,监测时间,PM2.5(µg/m³),二氧化硫,note\n1803A,2022-01-03 12:00,40,10,x\n", encoding="utf-8")
    profile = suggest(path)
    assert "# Not used: note" in profile
    (tmp_path / "mine.yaml").write_text(profile, encoding="utf-8")
    report = imported(platform, path, kind=str(tmp_path / "mine.yaml"))
    assert (report["accepted"], report["refused"]) == (1, 0)
    assert yaml.safe_load(profile)["factors"] == {"PM2.5": "PM2.5(µg/m³)", "SO2": "二氧化硫"}


def test_nothing_is_suggested_where_nothing_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Refused, match="looks like a factor"):
        suggest(tmp_path / "a.csv")


def test_a_record_that_does_not_fit_is_kept_and_the_others_go_on(platform: Platform, tmp_path: Path) -> None:
    how = {
        "title": "x", "source": "test", "record": "RegisterRiver", "missing": [""],
        "fields": {
            "site_id": "id", "name_zh": "name", "name_en": "name", "length_km": "km",
            "position_source": {"text": "x"},
        },
    }  # fmt: skip
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(how))
    (tmp_path / "rivers.csv").write_text("id,name,km\na,A,1.5\nb,B,long\nc,,2\n")
    arguments = {"files": [str(tmp_path / "rivers.csv")], "kind": str(tmp_path / "mine.yaml")}
    dry = OPERATIONS["import"](platform, {**arguments, "dry_run": True}, silent)
    assert (dry["accepted"], dry["refused"]) == (2, 1)
    report = OPERATIONS["import"](platform, arguments, silent)
    assert (report["accepted"], report["refused_by_code"]) == (1, {"does_not_fit": 1, "empty": 1})
    assert [origin for _, origin, _ in quarantined(platform)] == ["rivers.csv, line 3", "rivers.csv, line 4"]
