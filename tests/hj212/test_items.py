"""Frames as they really come: one item never costs its frame, and none is lost: taken, marked, kept or refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.hj212.contents import Said, moment, read_all
from ingest.hj212.frame import Message, frame, pairs, parse
from ingest.hj212.stream import Frame, StreamReader
from running.platform import Platform
from services.decider import Refused
from tests.hj212.devices import MN, answers, connected, device, listener, quarantined, register, said
from tests.journeys.steps import fold

AT = "DataTime=20240101080000;"


def told(cp: str, cn: str = "2011", **changed: Any) -> list[Said]:
    return read_all(Message(cn=cn, mn=MN, cp=cp), device(**changed))


def values(cp: str, **changed: Any) -> dict[str, tuple[float | None, str]]:
    (found,) = told(AT + cp, **changed)
    assert found.statement is not None
    readings = zip(found.statement.values, found.statement.marks, strict=True)
    return dict(zip(found.statement.factors, readings, strict=True))


FLAGS = [
    ("3", "PM2.5", "STATION", "N"), ("0", "PM2.5", "STATION", "C"), ("2", "PM2.5", "STATION", "Q"),
    ("1", "PM2.5", "STATION", "?"), ("P", "PM2.5", "STATION", "P"), ("hd", "PM2.5", "STATION", "?"),
    ("n", "PM2.5", "STATION", "N"), ("d", "PM2.5", "STATION", "D"), ("§", "PM2.5", "STATION", "?"),
    ("3", "particulate_stack", "SOURCE_MONITOR", "?"),
]  # fmt: skip


@pytest.mark.parametrize(("flag", "factor", "kind", "mark"), FLAGS)
def test_a_flag_that_nobody_knows_bars_its_reading_and_is_kept_beside_it(
    flag: str, factor: str, kind: str, mark: str
) -> None:
    stack = {"unit_profile": "STACK"} if kind == "SOURCE_MONITOR" else {}
    cp = f"01-ZsRtd=33,01-Flag={flag}" if stack else f"a34004-Rtd=33,a34004-Flag={flag}"
    (found,) = told(AT + cp, site_kind=kind, **stack)
    assert found.statement is not None
    assert (found.statement.factors, found.statement.marks) == ((factor,), (mark,))
    assert found.fields.get("texts", []) == ([flag] if mark == "?" else [])


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("a34004-Rtd=NaN,a34004-Flag=D", (None, "D")),
        ("a34004-Rtd=--,a34004-Flag=B", (None, "B")),
        ("a34004-Rtd=<2,a34004-Flag=N", (2, "<")),
        ("a34004-Rtd=2L", (2, "<")),
        ("a34004-Rtd=>999,a34004-Flag=N", (999, "T")),
        ("a34004-Rtd=,a34004-Flag=N", (None, "N")),
        (" a34004-Rtd= 33 ,\r\n a34004-Flag=N ", (33, "N")),
        ("A34004-RTD=33,A34004-flag=N", (33, "N")),
        ("a34004-Rtd=33,a34004-Flag=N;a34004-Rtd=33,a34004-Flag=N", (33, "N")),
    ],
)  # fmt: skip
def test_an_item_is_read_however_it_is_written(item: str, expected: tuple[float | None, str]) -> None:
    assert values(f"{item};a21026-Rtd=7") == {"PM2.5": expected, "SO2": (7, "")}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("a34004-Rtd=NaN,a34004-Flag=N", "not_a_number"),
        ("a34004-Rtd=--", "not_a_number"),
        ("a34004-Rtd=1_0", "not_a_number"),
        ("a34004-Rtd=４０", "not_a_number"),
        ("a34004-Rtd=1e400", "not_a_number"),
        ("a34004-Rtd=1,080", "bad_item"),
        ("a34004-Rtd=33,a34004-Flag=N;a34004-Rtd=35,a34004-Flag=D", "repeated_factor"),
        ("a34004-Rtd=33;a34004-Rtd=35", "repeated_factor"),
        ("a34004-Rtd=33,a34004-Flag=N,a34004-Flag=D", "repeated_factor"),
        ("a34004", "bad_item"),
    ],
)
def test_an_item_that_can_not_be_read_is_refused_by_name_and_costs_no_other(item: str, code: str) -> None:
    (found,) = told(f"{AT}{item};a21026-Rtd=7")
    assert found.statement is not None
    assert (found.statement.factors[-1], found.statement.values[-1]) == ("SO2", 7)
    assert [why.code for why in found.refused] == [code]


def test_a_value_keeps_its_own_time_and_flag() -> None:
    cp = "DataTime=20240101080000;a34004-Rtd=1,a34004-Flag=N;DataTime=20240101090000;a34004-Rtd=2,a34004-Flag=D"
    found = [each.statement for each in told(f"{cp};DataTime=20241301090000;a34004-Rtd=3")]
    assert [(s.observed_at, s.values, s.marks) for s in found if s] == [
        (moment("20240101080000", 480), [1], ("N",)),
        (moment("20240101090000", 480), [2], ("D",)),
    ]
    with pytest.raises(Refused, match="whose are they"):
        told("a34004-Rtd=1;DataTime=20240101080000;a34004-Rtd=2;DataTime=20240101090000")


def test_hour_24_is_the_end_of_its_day() -> None:
    assert moment("20240801240000", 480) == moment("20240802000000", 480)
    for text in ("20240801240001", "20240801250000"):
        with pytest.raises(Refused):
            moment(text, 480)


@pytest.mark.parametrize(
    "segment",
    [
        f"QN=1;ST=22;CN=2011;PW=123456;MN={MN};CP=&&{AT}a34004-Rtd=33&&;Flag=5",
        f"qn=1;st=22;cn=2011;pw=123456;mn={MN};flag=5;CP=&&{AT}a34004-Rtd=33&&",
        f" QN=1; ST = 22;CN= 2011;PW=123456;MN={MN} ;Flag=5;\r\nCP=&&{AT}a34004-Rtd=33&&",
        f"CP=&&{AT}a34004-Rtd=33&&;QN=1;ST=22;CN=2011;PW=123456;MN={MN};Flag=5;",
    ],
)
def test_the_fields_of_a_frame_are_read_in_any_order_and_case(segment: str) -> None:
    (read,) = StreamReader().feed(frame(segment.encode()))
    assert isinstance(read, Frame)
    message = parse(read.segment)
    assert (message.cn, message.mn, message.flag, message.cp) == ("2011", MN, 5, f"{AT}a34004-Rtd=33")


NAMES = st.sampled_from(
    [
        "a34004-Rtd",
        "a34004-Flag",
        "A34004-rtd",
        "a34004-Avg",
        "a34004-Min",
        "a21026-Rtd",
        "a21026-Flag",
        "lng-Rtd",
        "x",
    ]
)
TEXTS = st.sampled_from(["1", "2.5", "", "NaN", "--", "<3", "N", "D", "hd", "1_0", "x"])
ITEMS = st.lists(
    st.one_of(st.builds("{}={}".format, NAMES, TEXTS), st.sampled_from(["junk", "Flag=N", " "])), max_size=9
)


@settings(deadline=None)
@given(ITEMS, st.sampled_from([";", ",", " ; ", ";\r\n"]))
def test_no_item_of_a_frame_is_unaccounted_for(parts: list[str], sign: str) -> None:
    cp = AT + sign.join(parts)
    try:
        (found,) = told(cp)
    except Refused:
        return  # the frame is kept whole
    items = [item for item in pairs(cp) if item[0] != "DataTime"]
    beside = list(zip(found.fields.get("names", ()), found.fields.get("texts", ()), strict=True))
    stated = set(found.statement.factors) if found.statement else set()
    named = {"a34004": "PM2.5", "a21026": "SO2"}
    by_name = {why.where for why in found.refused} | {"a34004" for why in found.refused if "a34004" in why.message}
    for name, text in items:
        code = name.partition("-")[0].lower()
        refused = any(code in where.lower() for where in by_name if code) or (not name and "CP" in by_name)
        assert (name, text) in beside or named.get(code) in stated or refused, (name, text, found)


def observed(platform: Platform) -> Iterator[tuple[Any, ...]]:
    fold(platform)
    with platform.database.read() as snapshot:
        sql = "SELECT strftime(observed_at, '%d %H:%M'), factor, value, mark FROM base.reading ORDER BY ALL"
        yield from snapshot.connection.execute(sql).fetchall()


def test_parts_with_times_of_their_own_and_bad_items_are_answered_once_they_are_kept(platform: Platform) -> None:
    register(platform)
    parts = [
        frame(
            f"QN=2026110108000000{n};ST=22;CN=2061;PW=123456;MN={MN};Flag=7;PNUM=3;PNO={n};"
            f"CP=&&DataTime=20261101{7 + n:02}0000;a34004-Avg=3{n},a34004-Flag={'NND'[n - 1]};"
            f"a21026-Avg=--&&".encode()
        )
        for n in (1, 2, 3)
    ]
    with listener(platform) as (_, port), connected(port) as talking:
        talking.sendall(b"".join(parts))
        assert answers(talking, 3).count(b"CN=9014") == 3
    assert list(observed(platform)) == [
        ("01 00:00", "PM2.5", 31, "N"), ("01 01:00", "PM2.5", 32, "N"), ("01 02:00", "PM2.5", 33, "D"),
    ]  # fmt: skip
    assert {(code, message.partition(" (")[0]) for code, message, _, _ in quarantined(platform)} == {
        ("not_a_number", "a21026-Avg is '--'")
    }


def test_every_frame_of_a_registered_device_is_counted_whatever_becomes_of_it(platform: Platform) -> None:
    register(platform)
    good = said(qn="20261101080000001")
    late = said("DataTime=20260101080000;a34004-Rtd=1", qn="20261101080000002")
    refused, wrong = said("DataTime=yesterday;a34004-Rtd=1"), said(pw="654321")
    damaged, headless = good[:-6] + b"0000\r\n", frame(f"QN=1;MN={MN};PW=123456;CP=&&&&".encode())
    stranger = said(mn="NOBODY")
    with listener(platform) as (_, port), connected(port) as talking:
        talking.sendall(good)
        answers(talking, 1)
        talking.sendall(good + late + refused + damaged + headless + wrong + stranger + good)
        answers(talking, 3)
    fold(platform)
    with platform.database.read() as snapshot:
        sql = "SELECT mn, frames, repeated, late, refused, answered FROM monitor.device_day"
        found = snapshot.connection.execute(sql).fetchall()
    assert found == [(MN, 8, 2, 4, 4, 4)]


def test_frames_of_the_field_become_what_they_say(platform: Platform, shared: Path) -> None:
    field = shared / "cases" / "field"
    if not field.exists():
        pytest.skip("the cases of the field are not here")
    mn = "FIELDAIR0000000000000001"
    register(platform, mn=mn)
    frames = [each for each in sorted(field.glob("1[1-8]-hj212*/frames.bin")) if mn.encode() in each.read_bytes()]
    assert frames
    with listener(platform) as (_, port), connected(port) as talking:
        for path in frames:
            for line in path.read_bytes().splitlines(keepends=True):
                if mn.encode() in line:
                    talking.sendall(line)
                    assert answers(talking, 1).count(b"CN=9014") == 1, line
