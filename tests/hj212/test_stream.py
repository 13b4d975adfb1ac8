"""The stream reader: any bytes, cut anywhere, end as items whose bytes are what was fed; no sound frame is lost."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.hj212.crc import hj212
from ingest.hj212.frame import frame
from ingest.hj212.stream import Broken, Frame, Item, Noise, StreamReader, Tail
from tests.factories import csv_rows

SEGMENTS = [
    b"QN=20240101000000001;ST=31;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20240101000000;a21026-Rtd=12.5,a21026-Flag=N&&",
    b"ST=32;CN=2011;PW=123456;MN=M2;CP=&&DataTime=20240101000000;011-Rtd=231.0,011-Flag=N&&",
    "QN=1;ST=31;CN=3020;PW=1;MN=M3;Flag=5;CP=&&i11001-Info=//维护//&&".encode(),
    b"QN=2;ST=22;CN=2061;PW=1;MN=M4;Flag=5;CP=&&" + b"a05024-Avg=1,a05024-Flag=N;" * 58 + b"&&",
]
FRAMES = [frame(segment) for segment in SEGMENTS]
MODBUS = bytes.fromhex("01030000000ac5cd")


def read(data: bytes, sizes: list[int]) -> list[Item]:
    """All items of a stream that arrives in pieces of these sizes, over and over."""
    reader, items, at, turn = StreamReader(), list[Item](), 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        items += reader.feed(data[at : at + size])
        at, turn = at + size, turn + 1
    items += reader.flush()
    assert reader.waiting == 0
    return items


def segments(items: list[Item]) -> list[bytes]:
    return [item.segment for item in items if isinstance(item, Frame)]


def test_every_frame_found_in_the_wild_ends_as_its_row_says(shared: Path) -> None:
    rows = csv_rows(shared / "data" / "hj212" / "frames.csv")
    assert len(rows) == 26
    for row in rows:
        (item,) = read(row["frame"].encode(), [1000])
        if row["len_ok"] == row["crc_ok"] == "True":
            assert isinstance(item, Frame), row["n"]
        else:
            assert isinstance(item, Broken), row["n"]
            assert item.code == ("bad_length" if row["len_ok"] == "False" else "bad_crc")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 17, 100, 10_000])
def test_frames_are_found_however_the_stream_is_cut(size: int) -> None:
    stream = MODBUS + b"".join(FRAMES) + MODBUS + FRAMES[0][:-2] + FRAMES[1] + b"#" + FRAMES[2] + b"##" + FRAMES[3]
    items = read(stream, [size])
    assert segments(items) == [*SEGMENTS, *SEGMENTS]
    assert b"".join(item.raw for item in items) == stream
    assert b"".join(item.raw for item in items if isinstance(item, Noise)) == MODBUS * 2 + b"###"


def test_a_long_segment_of_a_real_device_is_a_frame_and_one_beyond_the_limit_is_not() -> None:
    assert len(SEGMENTS[3]) > 1600
    assert segments(StreamReader().feed(FRAMES[3])) == [SEGMENTS[3]]
    reader = StreamReader(longest=1024)
    (broken,) = reader.feed(FRAMES[3])
    assert isinstance(broken, Noise | Broken)
    assert segments(reader.feed(FRAMES[0])) == [SEGMENTS[0]]


@pytest.mark.parametrize("length", [b"0000", b"0010", b"0119", b"0121", b"0500", b"9999"])
def test_a_length_that_lies_is_refused_at_once_and_the_next_frame_is_read(length: bytes) -> None:
    reader = StreamReader()
    (broken,) = reader.feed(b"##" + length + FRAMES[0][6:])
    assert isinstance(broken, Broken)
    assert broken.code == ("too_long" if length == b"9999" else "bad_length")
    assert segments(reader.feed(FRAMES[1])) == [SEGMENTS[1]]


def test_a_frame_that_is_cut_off_is_given_up_when_the_next_has_come() -> None:
    reader = StreamReader()
    assert reader.feed(FRAMES[0][:60]) == []
    broken, whole = reader.feed(FRAMES[1])
    assert isinstance(broken, Broken)
    assert (broken.raw, broken.code) == (FRAMES[0][:60], "incomplete")
    assert segments([whole]) == [SEGMENTS[1]]


def test_a_frame_that_does_not_go_on_is_given_up_when_asked() -> None:
    reader = StreamReader()
    assert reader.feed(FRAMES[0][:60]) == []
    assert reader.waiting == 60
    (broken,) = reader.flush()
    assert isinstance(broken, Broken)
    assert broken.raw == FRAMES[0][:60]


def test_an_end_mark_that_comes_late_is_no_noise() -> None:
    reader = StreamReader()
    assert segments(reader.feed(FRAMES[0][:-2])) == [SEGMENTS[0]]
    assert reader.feed(b"\r\n") == [Tail(b"\r\n")]


@given(
    st.lists(
        st.one_of(st.sampled_from(FRAMES), st.binary(max_size=30), st.sampled_from([b"##", b"##01", b"\r\n"]))
    ),
    st.lists(st.integers(1, 400), min_size=1, max_size=5),
)
def test_no_byte_is_lost_and_none_is_there_twice(parts: list[bytes], sizes: list[int]) -> None:
    assert b"".join(item.raw for item in read(b"".join(parts), sizes)) == b"".join(parts)


@given(st.binary(max_size=50).filter(lambda noise: b"#" not in noise), st.sampled_from(FRAMES))
def test_noise_hides_no_frame(noise: bytes, sound: bytes) -> None:
    assert len(segments(read(noise + sound + noise + sound, [7]))) == 2


def mangled(chance: random.Random) -> tuple[bytes, bool]:
    """A frame as something may have made it, and whether it is whole."""
    sound = chance.choice(FRAMES)
    kind = chance.randrange(8)
    at = chance.randrange(len(sound))
    if kind == 0:
        return sound[:at], False
    if kind == 1:
        return sound[:at] + chance.randbytes(1) + sound[at + 1 :], False
    if kind == 2:
        return chance.randbytes(chance.randrange(40)), False
    if kind == 3:
        return b"##%04d" % chance.randrange(10_000) + sound[6:], False
    if kind == 4:
        return sound[:at] + sound[chance.randrange(at, len(sound)) :], False
    return sound, True


@pytest.mark.slow
def test_millions_of_mangled_bytes_neither_stop_nor_crash_the_reader() -> None:
    chance, fed = random.Random(212), 0
    for _ in range(400):
        parts = [mangled(chance) for _ in range(60)]
        stream = b"".join(part for part, _ in parts)
        items = read(stream, [chance.choice([1, 9, 120, 1460, 65_536]) for _ in range(20)])
        assert b"".join(item.raw for item in items) == stream
        assert len(segments(items)) >= sum(whole for _, whole in parts)
        assert all(hj212(segment) for segment in segments(items))
        fed += len(stream)
    assert fed > 6_000_000
