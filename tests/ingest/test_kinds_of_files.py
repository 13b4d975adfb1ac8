"""Files as they really come: each kind of time, number, shape and unit, read as it is meant or refused by name."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from ingest import rows as rows_module
from ingest.choices import Choice, Hints
from ingest.moments import local_moment
from ingest.profile import Profile, profile
from ingest.quantities import quantity
from ingest.rows import BadFile
from ingest.shaped import Shaped
from ingest.shaping import shaped
from ingest.suggesting import suggest
from ingest.tables import opened, tables
from ingest.units import conversion, tonnes
from tests.conftest import ROOT

CHINA = ZoneInfo("Asia/Shanghai")
TIMES = {
    "2024-06-11 05:00": "2024-06-10T21:00", "2024-6-11 5": "2024-06-10T21:00",
    "2024年6月11日 5时": "2024-06-10T21:00",
    "2024年06月11日5时30分": "2024-06-10T21:30", "2024/6/11 5点": "2024-06-10T21:00",
    "2024061105": "2024-06-10T21:00",
    "20240611 5": "2024-06-10T21:00", "202406110530": "2024-06-10T21:30", "2024-06-11 24:00": "2024-06-11T16:00",
    "2024-12-31T24:00:00": "2024-12-31T16:00", "2024061124": "2024-06-11T16:00", "45384.25": "2024-04-01T22:00",
    "45384.2083333333": "2024-04-01T21:00", "2024-06-11": "2024-06-10T16:00", "20240611": "2024-06-10T16:00",
    "2024-06-11 10:00:00 +0800": "2024-06-11T02:00", "2024-06-11T10:00:00-05:00": "2024-06-11T15:00",
    "2024-06-11 08:00~09:00": "2024-06-11T00:00", "2024-06-11 20:00至08:00": "2024-06-11T12:00",
    "2024-06-11 8时-9时": "2024-06-11T00:00", "2024-06-11 08:00 - 09:00": "2024-06-11T00:00",
}  # fmt: skip
NO_TIMES = [
    "2024-06-11 08:00-09:00", "2024-06-11 08-20", "2024-06-11 24:30", "2024-06-11 25:00", "1718053200",
    "11/06/2024",
    "2024-13-01", "", "2024-06-11 08:00 -0500", "99999.5", "24",
]  # fmt: skip


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_read_as_it_is_meant(text: str) -> None:
    assert local_moment(text, "", CHINA).astimezone(UTC) == datetime.fromisoformat(TIMES[text]).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", NO_TIMES)
def test_a_time_that_may_be_two_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        local_moment(text, "", CHINA)


def test_hour_24_by_a_form_is_the_end_of_its_day_wherever_24_stands_else() -> None:
    assert local_moment("2024-01-24 24:00", "%Y-%m-%d %H:%M", CHINA) == datetime(2024, 1, 25, tzinfo=CHINA)
    assert local_moment("2024 24 1", "%Y %H %j", CHINA) == datetime(2024, 1, 2, tzinfo=CHINA)


@settings(deadline=None)
@given(st.datetimes(datetime(1992, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_every_hour_is_the_same_however_it_is_written(moment: datetime) -> None:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    forms = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日%H时", "%Y%m%d%H", "%Y.%m.%d %H时")
    assert {local_moment(hour.strftime(form), "", UTC) for form in forms} == {hour.replace(tzinfo=UTC)}


QUANTITIES: dict[str, tuple[float | None, str]] = {
    "1,080": (1080, ""), "12,345,678.5": (12345678.5, ""), "2.4×10^4": (24000, ""), "2.4E4": (24000, ""),
    "<0.025": (0.025, "<"), "＜0.025": (0.025, "<"), "0.025L": (0.025, "<"), "0.025 L": (0.025, "<"),
    "0.025l": (0.025, "<"),
    "<0.025L": (0.025, "<"), "ND(0.025)": (0.025, "<"), "未检出(0.01L)": (0.01, "<"), "ND": (None, "<"),
    "未检出": (None, "<"),
    "<LOD": (None, "<"), "≥24000": (24000, "T"), ">24,000": (24000, "T"), "-3": (-3, ""),
}  # fmt: skip
NO_QUANTITIES = [
    "1_0",
    "４０",
    "٤٠",
    "NaN",
    "inf",
    "--",
    "0,025",
    "1,08",
    "1e400",
    "5±1",
    "<-3",
    "<=5",
    "~5",
    "2.4×104",
    "",
]


@pytest.mark.parametrize("text", QUANTITIES)
def test_a_cell_says_a_number_or_the_limit_that_it_is_beyond(text: str) -> None:
    said = quantity(text)
    assert said is not None
    assert said[:2] == QUANTITIES[text]


@pytest.mark.parametrize("text", NO_QUANTITIES)
def test_what_may_be_another_number_is_none(text: str) -> None:
    assert quantity(text) is None


UNITS = {
    ("deg F", "water_temp"): (Fraction(5, 9), Fraction(-160, 9)), ("℃", "temperature"): (1, 0), ("mg/l as N",
    "NH3-N"): (1, 0),
    ("mg/l asNO3", "NO3-N"): (Fraction(14007, 62004), 0), ("uS/cm @25C", "conductivity"): (1, 0), ("μg/m3",
    "CO"): (Fraction(1, 1000), 0),
    ("mg/m³", "SO2"): (1000, 0), ("kPa", "pressure"): (10, 0), ("MPN/100ml", "faecal_coliform"): (10, 0),
    ("std units", "pH"): (1, 0),
    ("mg/L", "chla"): (1000, 0), ("毫克/升", "TP"): (1, 0), ("mg·L-1", "TP"): (1, 0), ("% saturatn",
    "DO_saturation"): (1, 0),
}  # fmt: skip


@pytest.mark.parametrize(("unit", "code"), UNITS)
def test_a_unit_is_brought_to_ours_however_it_is_spelled(unit: str, code: str) -> None:
    found = conversion(unit, code)
    assert found is not None
    assert (found.scale, found.shift) == UNITS[unit, code]


@pytest.mark.parametrize(
    ("unit", "code"), [("ppb", "O3"), ("mg/kg", "TP"), ("mg/l as N", "TP"), ("", "TP"), ("m", "TP")]
)
def test_a_unit_that_is_none_of_the_factor_is_none(unit: str, code: str) -> None:
    assert conversion(unit, code) is None


def test_a_mass_is_tonnes_a_volume_none_and_anything_else_is_refused() -> None:
    assert [tonnes(unit) for unit in ("t", "吨", "T - Tons (metric)", "kg", "P-Pounds", "G - Gallons")] == [
        1, 1, 1, Fraction(1, 1000), Fraction(45359237, 100000000000), None,
    ]  # fmt: skip
    for unit in ("T", "tons", "boxes", ""):
        with pytest.raises(ValueError, match="no unit"):
            tonnes(unit)


HOURS: dict[str, Any] = {
    "title": "x", "source": "x", "site": "站点", "factors": {"PM2.5": "PM2.5", "PM10": "PM10"},
    "missing": ["", "-"],
    "time": {"column": "时间", "zone": "Asia/Shanghai", "label": "end", "period": "HOUR"},
}  # fmt: skip
PLAIN = "站点,时间,PM2.5,PM10\nF001,2024-03-01 05:00,40,80\n"
SHAPES: dict[str, bytes] = {
    "gbk.csv": PLAIN.encode("gbk"), "gb18030.txt": PLAIN.encode("gb18030"), "utf16.csv": PLAIN.replace(",",
    "\t").encode("utf-16"),
    "utf16be.csv": b"\xfe\xff" + PLAIN.encode("utf-16-be"), "bom.csv": PLAIN.encode("utf-8-sig"),
    "tab.tsv": PLAIN.replace(",", "\t").encode(),
    "semicolon.csv": PLAIN.replace(",", ";").encode(), "pipe.txt": PLAIN.replace(",", "|").encode(),
    "sep.csv": b"sep=,\r\n" + PLAIN.encode(),
    "sepsemi.csv": b"\xef\xbb\xbfsep=;\n" + PLAIN.replace(",", ";").encode(),
    "title.csv": "九江市小时数据,,,\n\n".encode() + PLAIN.encode(),
    "blanks.csv": PLAIN.replace(",", " , ").encode(), "trailing.csv": PLAIN.replace("80", "80,").encode(),
    "unnamed.csv": PLAIN.replace("PM10", "PM10,").replace("80", "80,x").encode(),
    "formula.csv": PLAIN.replace("F001", '"=""F001"""').encode(),
    "two.csv": "站点,时间,浓度,\n,,PM2.5,PM10\n".encode() + PLAIN.partition("\n")[2].encode(),
    "lines.ndjson": '{"站点":"F001","时间":"2024-03-01 05:00","PM2.5":40,"PM10":"80"}\n'.encode("utf-8-sig"),
    "list.json": '[{"站点":"F001","时间":"2024-03-01 05:00","PM2.5":40.0,"PM10":80}]'.encode("utf-8-sig"),
    "thousands.csv": PLAIN.replace("80", '"80"').encode(),
}  # fmt: skip


def profile_of(folder: Path, **said: Any) -> Profile:
    (folder / "p.yaml").write_text(yaml.safe_dump({**HOURS, **said}, allow_unicode=True), encoding="utf-8")
    return profile(str(folder / "p.yaml"))


def read(path: Path, how: Profile) -> list[Shaped]:
    with opened(path, [shape.choice for shape in how.shapes], how.hints) as source:
        within = how.shapes[source.choice].within(source.names)
        return [shaped(within, table.frame, "file") for table in source.tables]


def stated(found: Sequence[Shaped]) -> list[tuple[str, int, tuple[str, ...], tuple[Any, ...], tuple[str, ...]]]:
    return [
        (said.site_id, said.observed_at // 3_600_000_000, said.factors, tuple(said.values), said.marks)
        for each in found
        for said in each.statements
    ]


EXPECTED = [
    ("F001", int(datetime(2024, 2, 29, 20, tzinfo=UTC).timestamp()) // 3600, ("PM10", "PM2.5"), (80, 40), ("", ""))
]


@pytest.mark.parametrize("name", SHAPES)
def test_a_file_is_read_however_it_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(SHAPES[name])
    assert stated(read(tmp_path / name, profile_of(tmp_path))) == EXPECTED


def test_a_workbook_is_read_with_titles_headers_of_two_rows_merged_cells_and_serial_numbers(tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("说明").write(0, 0, "本表由系统导出")
        sheet = book.add_worksheet("数据")
        sheet.merge_range(0, 1, 0, 4, "小时报")
        for column, name in ((1, "站点"), (2, "时间")):
            sheet.merge_range(1, column, 2, column, name)
        sheet.merge_range(1, 3, 1, 4, "浓度")
        sheet.write_row(2, 3, ["PM2.5", "PM10"])
        sheet.merge_range(3, 1, 4, 1, "F001")
        sheet.write_number(3, 2, 45352.2083333333)
        sheet.write_datetime(
            4,
            2,
            datetime(2024, 3, 1, tzinfo=UTC).replace(tzinfo=None),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )
        sheet.write_row(3, 3, [40, "80"])
        sheet.write_row(4, 3, [1.5, 2])
    first, second = stated(read(tmp_path / "a.xlsx", profile_of(tmp_path)))
    assert first == EXPECTED[0]
    assert (second[0], second[3]) == ("F001", (2, 1.5))


def test_an_opendocument_sheet_is_read(tmp_path: Path) -> None:
    cells = [
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in line.split(",")
        )
        for line in PLAIN.splitlines()
    ]
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{names}:office:1.0"'
        f' xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="s">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    assert stated(read(tmp_path / "a.ods", profile_of(tmp_path))) == EXPECTED


def test_a_profile_says_what_a_file_does_not(tmp_path: Path) -> None:
    content = "x\n站点~时间~PM2.5~PM10\nF001~2024-03-01 05:00~40~80\n~2024-03-01 06:00~41~81\n"
    (tmp_path / "a.csv").write_bytes(content.encode("gbk"))
    how = profile_of(tmp_path, file={"encoding": "gbk", "delimiter": "~", "header": 2, "fill_down": ["站点"]})
    assert [said[0] for said in stated(read(tmp_path / "a.csv", how))] == ["F001", "F001"]


def test_a_workbook_of_excel_97_is_read(tmp_path: Path) -> None:
    """BIFF8, written by xlwt 1.3.0: times are Excel's serial numbers, numbers are numbers."""
    book = ROOT / "tests" / "fixtures" / "files" / "hours.xls"
    assert book.read_bytes()[:8].hex() == "d0cf11e0a1b11ae1"
    assert stated(read(book, profile_of(tmp_path))) == EXPECTED


def test_a_page_that_is_named_as_a_workbook_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(b"<html><table><tr><td>x</td></tr></table></html>")
    with pytest.raises(BadFile, match="XML or HTML"):
        list(tables(tmp_path / "a.xls", ["a"]))


def test_one_bad_cell_costs_its_item_beside_a_flag_too(tmp_path: Path) -> None:
    how = profile_of(
        tmp_path, factors={"PM2.5": {"column": "PM2.5", "flag": "f"}, "PM10": "PM10", "SO2": "SO2"},
        flags={"pattern": "^(.*)$", "marks": {"": "", "N": "N", "D": "D"}}, limits={"SO2": 3},
    )  # fmt: skip
    lines = [
        "<2,N,--,ND", "0.5 L,,80,1_0", "NaN,D,80,1", "NaN,N,80,1", "7,zz,80,<1,000", "--,D,x,y",
    ]  # fmt: skip
    rows = "".join(f"F001,2024-03-01 0{n}:00,{line}\n" for n, line in enumerate(lines, 1))
    (tmp_path / "a.csv").write_text(
        "站点,时间,PM2.5,f,PM10,SO2\n" + rows.replace("<1,000", '"<1,000"'), encoding="utf-8"
    )
    (found,) = read(tmp_path / "a.csv", how)
    assert [dict(zip(s.factors, zip(s.values, s.marks, strict=True), strict=True)) for s in found.statements] == [
        {"PM2.5": (2, "<"), "SO2": (3, "<")},
        {"PM10": (80, ""), "PM2.5": (0.5, "<")},
        {"PM10": (80, ""), "PM2.5": (None, "D"), "SO2": (1, "")},
        {"PM10": (80, ""), "SO2": (1, "")},
        {"PM10": (80, ""), "SO2": (1000, "<")},
        {"PM2.5": (None, "D")},
    ]
    assert [(row, why.code, why.where) for row, why in found.items] == [
        (0, "not_a_number", "PM10"), (1, "not_a_number", "SO2"), (3, "not_a_number", "PM2.5"), (4,
        "unknown_flag", "f"),
        (5, "not_a_number", "PM10"), (5, "not_a_number", "SO2"),
    ]  # fmt: skip


def test_hours_1_to_24_may_be_columns_and_stations_too(tmp_path: Path) -> None:
    readings = {"name": "项目", "value": "值", "names": {"PM2.5": "PM2.5"}, "others": ["AQI"]}
    how = profile_of(
        tmp_path, factors={}, readings=readings, across={"pattern": r"(\d+)时", "name": "时", "value": "值"},
        time={"columns": ["日期", "时"], "template": "{} {}", "zone": "Asia/Shanghai", "label": "end",
        "period": "HOUR"},
    )  # fmt: skip
    names = ",".join(f"{hour}时" for hour in range(1, 25))
    (tmp_path / "a.csv").write_text(
        f"站点,日期,项目,{names}\nF001,2024-03-01,PM2.5,{','.join(map(str, range(1, 25)))}\n", encoding="utf-8"
    )
    with opened(tmp_path / "a.csv", [how.choice]) as source:
        (table,) = source.tables
    assert how.across is not None
    frame, numbers = how.across.rows(table.frame, table.numbers, how.columns)
    found = shaped(how, frame, "")
    begin = datetime(2024, 2, 29, 16, tzinfo=UTC).timestamp()
    assert [(s.observed_at // 1_000_000 - begin, list(s.values)) for s in found.statements] == [
        (h * 3600, [h + 1]) for h in range(24)
    ]
    assert set(numbers) == {0}


LONG: dict[str, Any] = {
    "factors": {}, "time": {"column": "t", "zone": "UTC", "label": "start", "period": "REALTIME"}, "site": "s",
    "readings": {
        "name": "n", "value": "v", "unit": "u", "names": {"DO": "DO", "TP": "TP"}, "depth": {"column": "d"},
        "fraction": {"column": "f", "of": {"TP": ["", "Total"]}},
    },
}  # fmt: skip


@settings(deadline=None)
@given(order=st.permutations(range(7)))
def test_a_sampling_says_the_same_in_whatever_order_its_rows_come(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    rows = [
        ("DO", "0.44", "2.4", ""), ("DO", "13.05", "0", ""), ("DO", "", "", ""), ("TP", "0.01", "",
        "Dissolved"), ("TP", "0.2", "", "Total"),
        ("TP", "0.2", "", ""), ("DO", "13.05", "0", ""),
    ]  # fmt: skip
    frame = pl.DataFrame(
        [("x", "2024-01-01 00:00", n, v, "mg/L", d, f) for n, v, d, f in (rows[at] for at in order)],
        schema=["s", "t", "n", "v", "u", "d", "f"], orient="row",
    )  # fmt: skip
    found = shaped(long_profile(tmp_path_factory), frame, "")
    assert [(s.factors, tuple(s.values)) for s in found.statements] == [(("DO", "TP"), (13.05, 0.2))]
    assert sorted(why.code for _, why in found.refused) == ["deeper", "other_fraction"]
    accounted = [row for rows in found.rows for row in rows] + [row for row, _ in found.refused]
    assert sorted(accounted) == list(range(7))


def long_profile(folders: pytest.TempPathFactory, known: list[Profile] = []) -> Profile:  # noqa: B006
    """How long files are read here, which have a row for each reading."""
    if not known:
        known.append(profile_of(folders.mktemp("long"), **LONG))
    return known[0]


def test_rows_that_contradict_each_other_are_all_refused(tmp_path: Path) -> None:
    how = profile_of(tmp_path, **LONG)
    for values in (("1", "2"), ("2", "1")):
        frame = pl.DataFrame([("x", "2024-01-01 00:00", "DO", v, "mg/L", "", "") for v in values], schema=["s",
        "t", "n", "v", "u", "d", "f"], orient="row")  # fmt: skip
        found = shaped(how, frame, "")
        assert (found.statements, [why.code for _, why in found.refused]) == ([], ["ambiguous", "ambiguous"])


def test_a_suggestion_takes_the_units_and_hours_that_names_say(tmp_path: Path) -> None:
    header = "断面名称,日期时间,CO(μg/m3),O3(8h),O3（1小时平均）,SO2[mg/m³],气压(kPa),温度(°F),NO2(ppb)"
    (tmp_path / "a.csv").write_text(f"{header}\nx,2024-01-01 00:00,1,2,3,4,5,6,7\n", encoding="utf-8")
    text = suggest(tmp_path / "a.csv")
    said = yaml.safe_load(text)
    assert (said["site"], said["time"]["column"]) == ("断面名称", "日期时间")
    assert said["factors"] == {
        "CO": {"column": "CO(μg/m3)", "scale": "1/1000"}, "O3": "O3（1小时平均）",
        "SO2": {"column": "SO2[mg/m³]", "scale": "1000"},
        "pressure": {"column": "气压(kPa)", "scale": "10"}, "temperature": {"column": "温度(°F)",
        "scale": "5/9", "shift": "-160/9"},
    }  # fmt: skip
    assert "# Left out: NO2(ppb) has a unit" in text
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    (found,) = read(tmp_path / "a.csv", profile(str(tmp_path / "mine.yaml")))
    assert dict(zip(found.statements[0].factors, found.statements[0].values, strict=True)) == {
        "CO": 0.001, "O3": 3, "SO2": 4000, "pressure": 50, "temperature": pytest.approx(-14.4444, abs=1e-4),
    }  # fmt: skip


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)


@settings(deadline=None)
@given(
    st.lists(st.lists(TEXTS, min_size=2, max_size=5), max_size=8),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    st.sampled_from(",\t;"),
)
def test_no_row_of_a_text_table_is_lost(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], encoding: str, delimiter: str
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
        [["列一", "b", "c"], *rows]
    )
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    with opened(
        path,
        [Choice(lambda names: ["列一", "b"] if {"列一", "b"} <= set(names) else None)],
        Hints(encoding=encoding),
    ) as source:
        found = list(source.tables)
        sent = [row.raw for table in found for row in table.sent(table.numbers).values()]
    assert sum(table.frame.height + len(table.bad) for table in found) == len(rows)
    kept = [*sent, *(row.raw for table in found for row in table.bad)]
    whole = text.getvalue().encode()
    assert sum(map(len, kept)) == len(whole) - len(whole.split(b"\n")[0]) - 1


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a,1\n", 'b,"x\ny"\n', '"q""\n",2\n', "c,3"]), max_size=40), st.integers(1, 9))
def test_pieces_of_a_file_end_where_rows_do(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "pieces.csv"
    path.write_bytes(b"h,n\n" + "".join(lines).encode())
    whole = path.read_bytes()[4:]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rows_module, "_PIECE", size)
        found = list(rows_module.pieces(path, 4))
    assert b"".join(found) == whole
    assert all(piece.count(b'"') % 2 == 0 and piece.endswith(b"\n") for piece in found[:-1])
