"""Every row that goes into an import comes out of it: taken, there already, or in quarantine with its own bytes."""

import csv
import hashlib
import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import shaping
from ingest import wide as wide_tables
from ingest.profile import kinds, said_by
from projections.database import Limits
from running.operations import OPERATIONS
from running.platform import Platform, open_platform, silent
from services.air.commands import RegisterStation
from services.decider import Refused
from tests.conftest import NOW
from tests.journeys.steps import fold

SITE = RegisterStation(
    source="test", site_id="here", name_zh="x", name_en="x", position_source="t", network="NATIONAL"
)
NUMBERS = st.sampled_from(
    ["1", "40.5", "-3", "0", "", "NA", "-", "1e2", "1e400", "NaN", "inf", "４０", "1_000", "0x1", "<0.05", "0.1L",
     "1,5", "8\x009", "5\x1f", " 7 ", "9" * 400, "much", "１２", "٤"]
)  # fmt: skip
TIMES = st.sampled_from(
    ["2022-01-03T04:00:00", "2022-01-03 05:00:00", "2022/01/03 06:00", "2022-01-03T04:00:00+08:00", "", "yesterday",
     "9999-12-31T23:00:00-14:00", "0001-01-01T00:00:00+14:00", "2022-02-30T00:00:00", "2022-01-03 08:00-20:00",
     "2022-01-03 24:00", "２０２２-01-03 05:00", "44567.5", "2122-01-01T00:00:00", "1899-01-01T00:00:00",
     "99999-01-01"]
)  # fmt: skip
SITES = st.sampled_from(["here", "here", "elsewhere", "", "he\x00re", "=cmd()", "此处"])


def cells(kind: str) -> dict[str, st.SearchStrategy[str]]:
    """What may stand in each column that a profile reads: what it knows, and what it does not."""
    said = said_by(kind)
    known = st.sampled_from([*_texts(said), "?", ""])
    columns = {column: st.one_of(NUMBERS, known) for column in sorted(_columns(said))}
    time = said.get("time", {})
    for column in [time.get("column"), *time.get("columns", ())]:
        if column:
            columns[column] = TIMES if "column" in time else st.sampled_from(["2016", "1", "12", "31", "99", "x"])
    if said.get("site"):
        columns[said["site"]] = SITES
    return columns


def _columns(said: Any) -> set[str]:
    """Every column that a profile names."""
    found: set[str] = set()
    if "record" in said:
        for how in said["fields"].values():
            found |= {how} if isinstance(how, str) else {*how.get("columns", ()), how.get("column"), how.get("by")}
        return found - {None}
    for how in said.get("factors", {}).values():
        found |= {how} if isinstance(how, str) else {how["column"], how.get("flag")}
    readings = said.get("readings", {})
    found |= {readings.get(name) for name in ("name", "value", "unit", "variant")} | set(readings.get("only", ()))
    found |= {readings.get("below", {}).get(name) for name in ("column", "limit", "limit_unit")}
    return found - {None, ""}


def _texts(said: Any) -> list[str]:
    """Texts that mean something to a profile: names, units, flags, values."""
    if isinstance(said, dict):
        keys = [key for key in said if isinstance(key, str)]
        return list(dict.fromkeys([*keys, *(text for each in said.values() for text in _texts(each))]))[:200]
    if isinstance(said, list):
        return [text for each in said for text in _texts(each)]
    return [said] if isinstance(said, str) else []


@pytest.fixture(scope="module")
def opened(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One platform for all examples, as a new one for each would take minutes."""
    data = tmp_path_factory.mktemp("every-row")
    shutil.copy(laid_out, data / "projections.duckdb")
    with open_platform(data, Limits(threads=1), lambda: NOW, quarantine_bytes=1 << 40) as platform:
        platform.handler.handle(SITE)
        yield platform


@pytest.mark.parametrize("kind", [kind for kind in kinds() if "across" not in said_by(kind)])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
def test_rows_in_are_rows_taken_there_already_and_refused_by_every_profile(
    opened: Platform, tmp_path: Path, kind: str, drawn: st.DataObject
) -> None:
    columns = cells(kind)
    rows = drawn.draw(st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=12))
    path = tmp_path / "here.csv"
    lines = written(path, list(columns), rows)
    report = imported(opened, path, kind)
    assert report["rows"] == len(rows)
    assert report["unaccounted"] == 0
    assert report["rows_taken"] + report["rows_repeated"] + report["rows_refused"] == len(rows)
    kept = {content for content, _ in quarantined(opened, "here.csv")}
    assert sum(hashed(line) in kept for line in lines) >= report["rows_refused"]


def written(path: Path, names: Sequence[str], rows: Sequence[dict[str, str]]) -> list[bytes]:
    """Write a CSV file; gives the bytes of each row."""
    lines = []
    for row in [dict(zip(names, names, strict=True)), *rows]:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(row[name] for name in names)
        lines.append(text.getvalue().encode())
    path.write_bytes(b"".join(lines))
    return lines[1:]


def imported(platform: Platform, path: Path, kind: str) -> dict[str, Any]:
    return OPERATIONS["import"](platform, {"files": [str(path)], "kind": kind}, silent)


def quarantined(platform: Platform, name: str) -> list[tuple[str, str]]:
    """SHA-256 and origin of what is kept of the files whose name begins so."""
    fold(platform)
    with platform.database.read() as snapshot:
        sql = "SELECT content_sha256, origin FROM base.submission_quarantined WHERE starts_with(origin, ?)"
        return snapshot.connection.execute(sql, [name]).fetchall()


def hashed(row: str | bytes) -> str:
    return hashlib.sha256(row.encode() if isinstance(row, str) else row).hexdigest()


LONG = """
title: long
source: long
site: site
time: {column: time, zone: Asia/Shanghai, label: start, period: REALTIME}
readings:
  name: name
  value: value
  unit: unit
  names: {a: PM2.5, b: PM10, c: SO2}
  units: {PM2.5: {x: 1}, PM10: {x: 1}, SO2: {x: 1}}
missing: ["", "-"]
"""


def test_every_row_of_a_refused_sampling_is_kept_and_can_be_sent_again(opened: Platform, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG)
    path = tmp_path / "samplings.csv"
    rows = [f"nowhere,2022-01-03T04:00:00,{name},{value},x" for name, value in (("a", 1), ("b", 2), ("c", 3))]
    path.write_text("\n".join(["site,time,name,value,unit", *rows, "here,2022-01-03T04:00:00,a,1_0,x", ""]))
    report = imported(opened, path, str(tmp_path / "long.yaml"))
    assert (report["rows"], report["rows_refused"], report["statements"]) == (4, 4, 1)
    kept = [content for content, _ in quarantined(opened, "samplings")]
    assert sorted(kept) == sorted(hashed(row + "\n") for row in [*rows, "here,2022-01-03T04:00:00,a,1_0,x"])


def test_a_nationwide_file_is_counted_in_one_entry_and_not_kept(opened: Platform, tmp_path: Path) -> None:
    rows = [f"2022-01-0{1 + h // 24}T{h % 24:02}:00:00,{s}B,1,2,3,4,5,6" for h in range(40) for s in range(50)]
    ours = [f"2022-01-01T{h:02}:00:00,here,1,2,3,4,5,6" for h in range(3)]
    path = tmp_path / "national.csv"
    path.write_text("\n".join(["timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h", *rows, *ours, ""]))
    report = imported(opened, path, "cnemc")
    assert (report["rows_refused"], report["rows_taken"], report["unaccounted"]) == (2000, 3, 0)
    with opened.database.read() as snapshot:
        sql = "SELECT subject FROM base.submission_quarantined WHERE starts_with(origin, 'national')"
        ((subject,),) = snapshot.connection.execute(sql).fetchall()
    content = opened.state.content(*opened.state.history(subject)[0])
    assert b'"rows":2000,"sites":50' in content
    assert b'"7B":[40,9,1959]' in content
    assert len(content) < 4000


def test_a_row_that_meets_a_bug_is_refused_alone(
    opened: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = wide_tables.wide

    def failing(how: Any, frame: pl.DataFrame, *rest: Any) -> None:
        if "poison" in frame["stationcode"].to_list():
            raise ZeroDivisionError
        wide(how, frame, *rest)

    monkeypatch.setattr(shaping, "wide", failing)
    rows = [f"2022-01-05T{h:02}:00:00,{'poison' if h == 7 else 'here'},1,2,3,4,5,6" for h in range(24)]
    path = tmp_path / "poison.csv"
    path.write_text("\n".join(["timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h", *rows, ""]))
    report = imported(opened, path, "cnemc")
    assert (report["rows_taken"], report["refused_by_code"]) == (23, {"unexpected": 1})
    assert [origin for _, origin in quarantined(opened, "poison")] == ["poison.csv, line 9"]


FORMS = {
    "%Y年%m月%d日 %H时": ("2024年6月11日 5时", "2024-06-10 21:00:00"),
    "%Y-%m-%d %H时%M分": ("2024-06-11 5时00分", "2024-06-10 21:00:00"),
    "%Y%m%d%H": ("2024061105", "2024-06-10 21:00:00"),
    "%Y-%m-%d %H:%M:%S %z": ("2024-06-11 10:00:00 +0800", "2024-06-11 02:00:00"),
    "%d/%m/%Y %I:%M %p": ("11/06/2024 03:00 PM", "2024-06-11 07:00:00"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_time_is_read_rightly_by_forms_that_a_fast_reader_does_not_know(
    opened: Platform, tmp_path: Path, form: str
) -> None:
    text, expected = FORMS[form]
    report = with_form(opened, tmp_path, form, text)
    assert report["accepted"] + report["repeated"] == 1, report["refusals"]
    with opened.database.read() as snapshot:
        sql = "SELECT 1 FROM base.observation WHERE source = 'form' AND observed_at = CAST(? AS TIMESTAMP)"
        assert snapshot.connection.execute(sql, [expected]).fetchall()


def with_form(platform: Platform, folder: Path, form: str, *texts: str) -> dict[str, Any]:
    how = {
        "title": "form", "source": "form", "site": "s", "factors": {"PM2.5": "v"}, "missing": [""],
        "time": {"column": "t", "zone": "Asia/Shanghai", "label": "start", "period": "HOUR", "format": form},
    }  # fmt: skip
    (folder / "form.yaml").write_text(yaml.safe_dump(how, allow_unicode=True), encoding="utf-8")
    (folder / "form.csv").write_text(
        "\n".join(["s,t,v", *(f"here,{text},1" for text in texts), ""]), encoding="utf-8"
    )
    return imported(platform, folder / "form.csv", str(folder / "form.yaml"))


@pytest.mark.parametrize("form", ["%I:%M", "%Y-%m-%d %I:%M", "%H:%M", "%Y-%m-%d %H:%M %Z", "%Q", "%Y-%m-%d %H:%M%"])
def test_a_form_that_can_t_be_used_is_told_as_a_bad_profile(opened: Platform, tmp_path: Path, form: str) -> None:
    with pytest.raises(Refused) as told:
        with_form(opened, tmp_path, form, "2024-06-11 05:00")
    assert told.value.code == "bad_profile"


def test_a_span_of_hours_is_no_time_with_an_offset(opened: Platform, tmp_path: Path) -> None:
    spans = ["2024-06-11 08:00-20:00", "2024-06-11 20:00-08:00", "2024-06-11T08-20", "2024-06-11 8:00-9:00"]
    report = with_form(opened, tmp_path, "", *spans)
    assert report["refused_by_code"] == {"not_a_time": 4}


BLANKS: dict[str, Callable[[str], str]] = {
    "no last line end": lambda text: text.rstrip("\n"),
    "blank lines": lambda text: text.replace("\n", "\n\n"),
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "a line end in a cell": lambda text: text.replace("here", '"he\nre"'),
    "a quote in a cell": lambda text: text.replace("here", 'he"re'),
    "a line that is cut": lambda text: text.replace("here,1\n", "here,1\nhere\n"),
}


@pytest.mark.parametrize("how", BLANKS)
def test_rows_are_counted_once_however_lines_are_written(opened: Platform, tmp_path: Path, how: str) -> None:
    (tmp_path / "plain.yaml").write_text(
        "{title: x, source: lines, site: s, missing: [''], factors: {PM2.5: v},"
        " time: {column: t, zone: UTC, label: start, period: HOUR}}"
    )
    rows = "".join(f"2022-01-03T{hour:02}:00:00,here,{hour}\n" for hour in range(20))
    path = tmp_path / "lines.csv"
    path.write_bytes(BLANKS[how]("t,s,v\n" + rows).encode())
    report = imported(opened, path, str(tmp_path / "plain.yaml"))
    assert report["unaccounted"] == 0
    assert report["rows"] == len(list(csv.reader(io.StringIO(path.read_text(), newline="")))) - 1


def test_a_row_that_is_not_utf8_costs_that_row(opened: Platform, tmp_path: Path) -> None:
    path = tmp_path / "gbk.csv"
    rows = [f"2022-01-06T{h:02}:00:00,here,1,2,3,4,5,6".encode() for h in range(4)]
    rows.insert(2, "2022-01-06T09:00:00,十里,1,2,3,4,5,6".encode("gbk"))
    rows.append("2022-01-06T09:00:00,十里,1,2,3,4,5,6".encode())
    path.write_bytes(b"\n".join([b"timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h", *rows, b""]))
    report = imported(opened, path, "cnemc")
    assert (report["rows_taken"] + report["rows_repeated"], report["refused_by_code"]) == (
        4,
        {"not_utf8": 1, "unknown_site": 1},
    )
    assert (hashed(rows[2] + b"\n"), "gbk.csv, line 4") in quarantined(opened, "gbk")


def test_columns_of_one_name_are_refused_whatever_stands_in_the_last_cell(opened: Platform, tmp_path: Path) -> None:
    for last in ("x", ""):
        path = tmp_path / "twice.csv"
        path.write_text(
            f"timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h,pm2_5\n2022-01-07T01:00:00,here,1,2,3,4,5,6,{last}\n"
        )
        assert imported(opened, path, "cnemc")["refused_by_code"] == {"columns_repeated": 1}


def test_a_value_below_a_limit_beside_a_flag_is_below_it(opened: Platform, tmp_path: Path) -> None:
    path = tmp_path / "here.csv"
    path.write_text("datetimestamp,atemp,f_atemp\n2022-01-03T04:00:00,<0.5,<0>\n2022-01-03T05:00:00,<0.5,<-3>\n")
    assert imported(opened, path, "swmp")["rows_taken"] == 2
    with opened.database.read() as snapshot:
        sql = "SELECT mark FROM base.reading WHERE source = 'swmp' AND value = 0.5 ORDER BY observed_at"
        assert snapshot.connection.execute(sql).fetchall() == [("<",), ("R",)]
