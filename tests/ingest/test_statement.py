"""Statements are encoded to the very bytes that the row-wise codec writes, and their ids follow from them."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog.codec import Event, encode
from ingest.statement import PERIODS, Statement, content, datum, identity
from schemas.contract import event_types

OBSERVATIONS = [name for name, event_type in event_types().items() if event_type.aggregate is None]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=70)
TIMES = st.integers(-(2**53), 2**53)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    readings = draw(st.lists(st.tuples(TEXT, st.one_of(st.none(), st.floats(allow_nan=False)), TEXT), max_size=70))
    factors, values, marks = zip(*readings, strict=True) if readings else ((), (), ())
    return Statement(
        draw(TEXT), draw(st.sampled_from(list(PERIODS))), draw(TIMES), draw(TEXT), factors, values, marks
    )


@pytest.mark.parametrize("name", OBSERVATIONS)
@given(said=statements(), number=st.integers(1, 2**20), recorded_at=TIMES)
def test_the_bytes_are_those_of_the_row_wise_codec(
    name: str, said: Statement, number: int, recorded_at: int
) -> None:
    event_id = identity(said, content(said), number)
    fields: dict[str, Any] = {
        "event_id": event_id, "subject": said.site_id, "occurred_at": said.observed_at + PERIODS[said.period],
        "recorded_at": recorded_at, "source": said.source, "previous": None, "site_id": said.site_id,
        "period": said.period, "observed_at": said.observed_at, "statement": number, "factors": list(said.factors),
        "values": list(said.values), "marks": list(said.marks), "reviewed": said.reviewed,
    }  # fmt: skip
    assert datum(said, content(said), number, event_id, recorded_at) == encode(Event(name, fields))
    assert (uuid.UUID(event_id).version, str(uuid.UUID(event_id))) == (5, event_id)


@given(said=statements(), other=statements())
def test_what_differs_has_another_id(said: Statement, other: Statement) -> None:
    ids = {identity(each, content(each), number) for each in (said, other) for number in (1, 2)}
    assert len(ids) == (2 if repr(said) == repr(other) else 4)


def test_the_id_of_a_statement_never_changes() -> None:
    said = Statement("1803A", "HOUR", 1_641_182_400_000_000, "cnemc", ("CO", "PM2.5"), (0.8, None), ("", "D"))
    assert identity(said, content(said), 1) == "0e976917-e36f-55f1-94e2-0015c8d34f48"
