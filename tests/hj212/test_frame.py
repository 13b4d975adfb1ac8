"""Frames: check sums, fields as real devices send them, answers, and parts put together."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.hj212 import crc
from ingest.hj212.frame import Message, answer, frame, pairs, parse, written
from ingest.hj212.parts import Assembler
from ingest.hj212.stream import Check, Frame, StreamReader
from services.decider import Refused


def by_the_book(segment: bytes) -> int:
    """HJ 212-2017 Annex A, line by line."""
    register = 0xFFFF
    for byte in segment:
        register = register >> 8 ^ byte
        for _ in range(8):
            low, register = register & 1, register >> 1
            register ^= 0xA001 if low else 0
    return register


@given(st.binary(max_size=3000))
def test_the_check_sum_is_that_of_annex_a(segment: bytes) -> None:
    assert crc.hj212(segment) == by_the_book(segment)


@given(st.binary(min_size=1, max_size=60), st.binary(max_size=200))
def test_an_ending_reckoned_once_gives_the_check_sum_of_the_whole(beginning: bytes, ending: bytes) -> None:
    assert crc.Ending(ending).after(beginning) == by_the_book(beginning + ending)


def test_every_vector_has_its_check_sums(shared: Path) -> None:
    vectors = json.loads((shared / "standards" / "test_vectors.json").read_text(encoding="utf-8"))["hj212_crc"]
    assert len(vectors) > 5
    for vector in vectors:
        said = vector["frame"].encode()
        segment = said[6 : 6 + int(said[2:6])]
        assert f"{crc.hj212(segment):04X}" == vector["crc_computed"]
        swapped = vector["modbus_crc_for_contrast"][2:] + vector["modbus_crc_for_contrast"][:2]
        assert f"{crc.modbus_swapped(segment):04X}" == swapped
        assert isinstance(StreamReader().feed(said)[0], Frame) == vector["crc_ok"]


def test_what_is_written_is_read() -> None:
    said = Message(
        cn="2011", mn="M1", cp="DataTime=20240101000000;a-Rtd=1", pw="123456", st="31", qn="20240101000000001",
        flag=9, pnum=3, pno=2, resent=True,
    )  # fmt: skip
    (read,) = StreamReader().feed(written(said))
    assert isinstance(read, Frame)
    assert parse(read.segment) == said
    assert (said.edition, said.wants_answer, said.in_parts) == ("HJ212_2025", True, True)


@pytest.mark.parametrize(
    ("flag", "edition", "answer_flag"),
    [("", "HJ212_2005", b"Flag=0;"), ("Flag=1;", "HJ212_2005", b"Flag=0;"), ("Flag=5;", "HJ212_2017", b"Flag=4;"),
     ("Flag=9;", "HJ212_2025", b"Flag=8;"), ("Flag=29;", "UNKNOWN", b"Flag=4;")],
)  # fmt: skip
def test_editions_are_told_apart_by_the_flag_and_answered_in_kind(
    flag: str, edition: str, answer_flag: bytes
) -> None:
    said = parse(f"QN=1;ST=31;CN=2011;PW=1;MN=M;{flag}CP=&&&&".encode())
    assert said.edition == edition
    assert answer_flag in answer("9014", said, said.edition)


def test_an_answer_is_the_one_that_the_standard_shows() -> None:
    asked = parse(b"QN=20201015123632010;ST=80;CN=2011;PW=123456;MN=410183160889201000212505;Flag=5;CP=&&&&")
    assert answer("9014", asked, asked.edition) == (
        b"##0087QN=20201015123632010;ST=91;CN=9014;PW=123456;MN=410183160889201000212505;Flag=4;CP=&&&&F001\r\n"
    )


@pytest.mark.parametrize(
    ("segment", "code", "where"),
    [
        (b"ST=31;MN=1;CP=&&&&", "field_missing", "CN"),
        (b"ST=31;CN=2011;CP=&&&&", "field_missing", "MN"),
        (b"ST=31;CN=2011;MN=1;Flag=x;CP=&&&&", "bad_field", "fields"),
        (b"ST31;CN=2011;MN=1;CP=&&&&", "bad_field", "fields"),
        (b"ST=31;CN=2011;MN=1;CP=", "no_content", "CP"),
        (b"\x81\x30\xff\xffCP=&&&&", "bad_text", "segment"),
    ],
)
def test_a_segment_that_says_nothing_is_refused(segment: bytes, code: str, where: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(segment)
    assert (refused.value.code, refused.value.where) == (code, where)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_chinese_is_read_in_both_encodings(encoding: str) -> None:
    segment = "ST=31;CN=3020;MN=1;CP=&&i11001-Info=//更换灯泡//&&".encode(encoding)
    (read,) = StreamReader().feed(frame(segment))
    assert isinstance(read, Frame)
    assert pairs(parse(read.segment).cp) == [("i11001-Info", "//更换灯泡//")]


def test_a_flag_on_its_own_belongs_to_the_item_before_it() -> None:
    assert pairs("a34001-Rtd=92;Flag=N") == [("a34001-Rtd", "92"), ("a34001-Flag", "N")]
    assert pairs(" a34001 ; b = 1 ,flag= N\r\n") == [("", "a34001"), ("b", "1"), ("b-Flag", "N")]


def test_a_text_may_have_commas_in_it() -> None:
    assert pairs("PolId=w1,i1-Info=//a,b//;i2-Info=c") == [
        ("PolId", "w1"),
        ("i1-Info", "//a,b//"),
        ("i2-Info", "c"),
    ]


def test_the_swapped_variant_says_which_check_sum_it_passed() -> None:
    segment = b"ST=31;CN=2011;MN=1;CP=&&&&"
    (read,) = StreamReader().feed(b"##%04d%b%04x\r\n" % (len(segment), segment, crc.modbus_swapped(segment)))
    assert isinstance(read, Frame)
    assert read.check is Check.MODBUS_SWAPPED


def part(pno: int, cp: str, pnum: int = 3) -> Message:
    return Message(cn="2061", mn="M", cp=cp, st="31", flag=7, pnum=pnum, pno=pno)


def test_parts_are_put_together_in_their_order_whatever_order_they_came_in() -> None:
    assembler = Assembler(timeout_s=60)
    assert assembler.add(part(2, "b-Avg=2"), b"2", 0) is None
    assert assembler.add(part(1, "DataTime=20240101000000;a-Avg=1"), b"1", 1) is None
    assert assembler.add(part(1, "DataTime=20240101000000;a-Avg=1"), b"1", 2) is None
    whole = assembler.add(part(3, "c-Avg=3;"), b"3", 3)
    assert whole is not None
    assert (whole[0].cp, whole[1]) == ("DataTime=20240101000000;a-Avg=1;b-Avg=2;c-Avg=3", b"123")
    assert list(assembler.expired(1000)) == []


def test_a_time_that_each_part_repeats_is_said_once() -> None:
    assembler = Assembler()
    assembler.add(part(1, "DataTime=20240101000000;a-Avg=1", 2), b"", 0)
    whole = assembler.add(part(2, "DataTime=20240101000000;b-Avg=2", 2), b"", 0)
    assert whole is not None
    assert whole[0].cp == "DataTime=20240101000000;a-Avg=1;b-Avg=2"


def test_parts_whose_others_do_not_come_are_given_up() -> None:
    assembler = Assembler(timeout_s=60)
    assembler.add(part(3, "x"), b"3", 0)
    assembler.add(part(1, "y"), b"1", 30)
    assert list(assembler.expired(59)) == []
    (given_up,) = assembler.expired(61)
    assert (given_up.raw, given_up.missing) == (b"13", (2,))
    assembler.add(part(1, "y"), b"1", 70)
    assembler.add(part(1, "z", pnum=2), b"Z", 71)
    (given_up,) = assembler.expired(72)
    assert (given_up.raw, given_up.missing) == (b"1", (2, 3))
