"""What another tool wrote and can't be read is set aside by itself, whatever it was grouped with."""

from array import array
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventlog.codec import encode
from eventlog.columns import UndecodableBatch, columns
from eventlog.log import NOTHING, Batch, Stream
from projections.incoming import chunk_of
from schemas.ids import registry
from tests.factories import Tables, observation

AIR = Stream("env1357.air")
SCHEMA = registry().newest("air.observation_recorded").id
SOUND = [encode(observation(f"s{number}")) for number in range(4)]
HALVES = [SOUND[0][:70], SOUND[0][70:]]
POISON = [b"", b"\xff" * 30, SOUND[0] + b"x", SOUND[0][:-1], SOUND[0] + SOUND[1], *HALVES, b"\x02" * 400]


def batch(datums: Sequence[bytes], base: int = 0, schema_id: int = SCHEMA) -> Batch:
    return Batch(AIR, base, schema_id, len(datums), b"".join(datums), array("q", map(len, datums)))


@pytest.mark.parametrize("datums", [HALVES, [SOUND[0] + b"x", SOUND[1]], [SOUND[0] + SOUND[1], b""]])
def test_datums_that_fit_only_together_do_not_fit(datums: list[bytes]) -> None:
    with pytest.raises(UndecodableBatch):
        columns([batch(datums)])


@settings(max_examples=60, deadline=None)
@given(
    picked=st.lists(st.sampled_from([*SOUND, *SOUND, *POISON]), min_size=1, max_size=12),
    cuts=st.sets(st.integers(1, 11)),
    start=st.integers(0, 3),
)
def test_what_is_set_aside_does_not_depend_on_the_grouping(picked: list[bytes], cuts: set[int], start: int) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(picked)), len(picked)]
    start = min(start, len(picked))
    chunk = chunk_of([batch(picked[a:b], a) for a, b in pairwise(edges)], {AIR: start})
    expected = {n for n, datum in enumerate(picked) if datum not in SOUND and n >= start}
    assert {each.log_offset: each.content for each in chunk.unreadable} == {n: picked[n] for n in expected}
    read = [frame["log_offset"].to_list() for frame in chunk.frames.values()]
    assert sorted(offset for offsets in read for offset in offsets) == [
        n for n in range(start, len(picked)) if n not in expected
    ]


def test_a_poison_event_is_in_quarantine_once_and_the_stream_goes_on(tables: Tables) -> None:
    datums = [SOUND[0], POISON[1], SOUND[1]]
    for _ in range(2):
        tables.engine.stand_at({AIR: 0})
        tables.engine.fold(chunk_of([batch(datums)], tables.engine.offsets()))
    assert tables.rows("SELECT site_id FROM base.observation ORDER BY 1") == [("s0",), ("s1",)]
    assert tables.row("SELECT origin, bytes, parts FROM ops.quarantine") == ("env1357.air/0 at offset 1", 30, 1)


def test_offsets_that_hold_nothing_are_passed_over(tables: Tables) -> None:
    said = [Batch(AIR, 0, NOTHING, 5, b""), batch([SOUND[0]], 5), Batch(AIR, 6, NOTHING, 2, b"")]
    tables.engine.fold(chunk_of(said, {}))
    assert tables.engine.offsets() == {AIR: 8}
    assert tables.row("SELECT log_offset FROM base.observation") == (5,)


def test_an_unknown_schema_is_set_aside_event_by_event(tables: Tables) -> None:
    tables.engine.fold(chunk_of([batch([b"a", b"bc"], schema_id=4711)], {}))
    assert tables.rows("SELECT bytes, message FROM ops.quarantine WHERE message NOT LIKE '%4711%'") == []
    assert tables.rows("SELECT bytes FROM ops.quarantine ORDER BY 1") == [(1,), (2,)]
