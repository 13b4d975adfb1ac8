"""Bytes stay in the log: tables keep how many they are and their hash, and who asks is given them from there."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventlog.codec import drafts
from eventlog.log import Draft, Stream
from ingest.quarantine import Submission
from ingest.resending import content_of
from projections import incoming
from projections.incoming import chunks
from projections.kept import bytes_of
from running.platform import Platform
from schemas.contract import EventType, event_types
from schemas.ids import registry
from services.decider import Refused
from tests.factories import NOON, Tables, batches, envelope, observation

WITH_BYTES = [event_type for event_type in event_types().values() if bytes_of(event_type)]
WHY = Refused("bad", "it is bad", "here", "mend it")


def refuse(platform: Platform, content: bytes, origin: str = "test") -> str:
    submission = Submission("test", origin, content)
    taken = platform.observations.take([(WHY, submission)], "test")
    assert platform.follower.wait_for(taken.offsets, 30)
    return submission.identity(WHY)


@pytest.mark.parametrize("event_type", WITH_BYTES, ids=lambda event_type: event_type.name)
def test_no_table_of_events_holds_bytes(tables: Tables, event_type: EventType) -> None:
    assert "BLOB" not in {
        kind for (kind,) in tables.rows("SELECT data_type FROM duckdb_columns() WHERE NOT internal")
    }
    columns = {name for (name,) in tables.rows(f"SELECT column_name FROM (DESCRIBE base.{event_type.event})")}
    assert {"content_bytes", "content_sha256", "partition", "log_offset"} <= columns


def test_what_was_refused_is_read_from_the_log_part_by_part(platform: Platform) -> None:
    content = random.Random(1).randbytes(1_200_000)
    identity = refuse(platform, content)
    refuse(platform, b"another")
    assert content_of(identity, platform.state) == content
    with platform.database.read() as snapshot:
        found = snapshot.connection.execute(
            "SELECT content_bytes, content_sha256 FROM base.submission_quarantined"
            " WHERE submission_id = ? AND part = 1",
            [identity],
        ).fetchall()
    first = content[: 512 * 1024]
    assert found == [(len(first), hashlib.sha256(first).hexdigest())]


def test_bytes_that_fit_no_schema_are_read_from_the_log(platform: Platform) -> None:
    platform.log.append([Draft("env1357.air", registry().newest("air.observation_recorded").id, ["x"], [b"\xff"])])
    assert platform.follower.wait_for(platform.log.ends(), 30)
    with platform.database.read() as snapshot:
        ((identity,),) = snapshot.connection.execute("SELECT submission_id FROM ops.quarantine").fetchall()
    assert content_of(identity, platform.state) == b"\xff"


def test_parts_of_messages_are_read_from_the_log_in_their_order(platform: Platform) -> None:
    said = [f"part {number}".encode() for number in range(5)]
    for number, content in enumerate(said):
        fields = {"mn": "m", "qn": "1", "pnum": 5, "pno": number, "content": content}
        event = type(observation())(
            "district.device_part_received", {**envelope(f"device_part/{number}"), **fields}
        )
        platform.log.append(drafts([event, observation(f"s{number}")]))
    assert platform.follower.wait_for(platform.log.ends(), 30)
    assert platform.state.device_parts(NOON) == said


@settings(deadline=None)
@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_chunks_are_cut_by_what_events_weigh(sizes: list[int]) -> None:
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as patched:
        patched.setattr(incoming, "CHUNK_BYTES", 1000)
        events = [
            observation(f"s{n}", readings=dict.fromkeys(map(str, range(size)), 1.0)) for n, size in enumerate(sizes)
        ]
        ends: dict[Stream, int] = {}
        stood = [batch for event in events for batch in batches(drafts([event]), ends)]
        cut = list(chunks(stood, {}))
    assert sum(chunk.events for chunk in cut) == len(events)
    heaviest = max(len(batch.datums) for batch in stood)
    for chunk in cut:
        within = [b for b in stood if chunk.before.get(b.stream, 0) <= b.base_offset < chunk.after[b.stream]]
        assert sum(len(batch.datums) for batch in within) <= 1000 + heaviest


def test_a_copy_of_the_tables_holds_no_content(platform: Platform) -> None:
    secret = b"what nobody may read in the tables " * 3
    refuse(platform, secret)
    with platform.follower.paused():
        platform.database.writer.execute("CHECKPOINT")
    assert secret not in platform.database.path.read_bytes()
    assert secret in (platform.data / "log.sqlite").read_bytes() + (platform.data / "log.sqlite-wal").read_bytes()
