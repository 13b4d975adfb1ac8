"""What is worked out once for messages of one layout is what would be found in each; details are encoded alike."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from eventlog.codec import Event, encode
from ingest.hj212.detail import DETAIL, datum
from ingest.hj212.frame import pairs
from ingest.hj212.layout import items
from ingest.hj212.session import Entry, Kind
from ingest.hj212.traffic import Traffic
from running.platform import Platform
from schemas.contract import event_types
from tests.hj212.devices import MN, answers, connected, listener, register, said
from tests.journeys.steps import fold

NAMES = st.sampled_from(["DataTime", "Flag", "a34004-Avg", "a34004-Flag", "a34004-Info", "é", " a", ""])
TEXTS = st.sampled_from(["", "1", "-0.5", "N", "浓度", "a=b", "x", "20261101080000"])
ITEM = st.one_of(st.builds("{}={}".format, NAMES, TEXTS), TEXTS)
CONTENT = st.lists(st.tuples(ITEM, st.sampled_from(",;")), max_size=8).map(
    lambda parts: "".join(item + sign for item, sign in parts)
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=70)
TIMES = st.integers(-(2**53), 2**53)


@given(CONTENT | CONTENT.map(lambda cp: cp[:-1]))
@example("a=1,b=2")
@example("a,b=c=d")
@example("a=b=c,d")
@example("a34004-Rtd=1,Flag=N")
def test_items_are_cut_as_one_by_one(cp: str) -> None:
    def one_by_one(text: str) -> tuple[tuple[str, ...], list[str]]:
        found = pairs(text)
        return tuple(name for name, _ in found), [value for _, value in found]

    assert items(cp) == one_by_one(cp)


@given(
    said=st.fixed_dictionaries(
        {
            **dict.fromkeys(("source", "mn", "site_id", "cn", "st"), TEXT),
            **dict.fromkeys(("occurred_at", "recorded_at"), TIMES),
            "data_at": st.none() | TIMES,
            "names": st.lists(TEXT, max_size=70),
            "texts": st.lists(TEXT, max_size=70),
        }
    ),
    event_id=st.uuids().map(str),
)
def test_details_have_the_bytes_of_the_row_wise_codec(said: dict[str, Any], event_id: str) -> None:
    aggregate = event_types()[DETAIL].aggregate
    fields = {"event_id": event_id, "subject": f"{aggregate}/{event_id}", "previous": None, **said}
    assert datum(fields) == encode(Event(DETAIL, fields))


def test_what_a_device_says_stands_alone_and_needs_no_head(platform: Platform) -> None:
    register(platform)
    at = "DataTime=20261101080000;"
    frames = [
        said(f"{at}a34004-Rtd=33,a34004-Min=1", qn="1"),
        said(f"{at}SB1-RS=1", "2021", qn="2"),
        said(f"{at}i11001-Info=1", "2071", qn="3"),
        said(f"{at}i11001-Info=1", "3020", qn="4"),
        said(f"{at}a34004-Rtd=34;PW=7", "2013", qn="5"),
    ]
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(b"".join(frames))
        answers(device, 4)
    fold(platform)
    details = "SELECT split_part(subject, '/', 1), count(*) FROM base.device_detail_recorded GROUP BY 1"
    with platform.database.read() as snapshot:
        assert snapshot.connection.execute(details).fetchall() == [("device_detail", 2)]
        heads = snapshot.connection.execute("SELECT split_part(subject, '/', 1) FROM ops.head").fetchall()
    # where the clock stands still, a count has no time of its own
    assert {kind for (kind,) in heads} - {"device_traffic"} == {"station", "device"}


def test_a_count_happened_when_its_last_frame_came_and_stands_alone() -> None:
    first, now = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, 0, 1, tzinfo=UTC)
    traffic = Traffic()
    traffic.count(MN, first).add(Entry(Kind.ANSWERED, "", b"##"), first)
    (event,) = traffic.events(now)
    assert (event.fields["occurred_at"], event.fields["recorded_at"]) == (first, now)
    assert event.fields["subject"] == f"device_traffic/{event.fields['event_id']}"
