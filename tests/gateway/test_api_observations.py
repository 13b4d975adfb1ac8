"""`POST /api/v1/observations` against the application: keys, batches, numbered deliveries, limits, rubbish."""

import io
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastavro import parse_schema, schemaless_writer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient

from gateway.api.admission import Admission
from gateway.api.files import CallerLeft, _while_there
from gateway.api.observations import AVRO, JSON, MOST_BYTES
from ingest.soundness import Soundness
from projections.database import Limits
from running.keys import issue
from running.platform import Platform, open_platform
from schemas.ids import registry
from services.access.commands import NoteDelivery, RevokeKey
from services.air.commands import RegisterStation
from tests.factories import observation
from tests.journeys.steps import fold, in_quarantine

PATH = "/api/v1/observations"
SAID = {
    "site_id": "1803A",
    "period": "HOUR",
    "observed_at": "2022-01-03T04:00:00Z",
    "readings": [{"factor": "PM2.5", "value": 41}, {"factor": "PM10", "value": None, "mark": "D"}],
}
STATION = RegisterStation(
    source="test", site_id="1803A", name_zh="x", name_en="x", position_source="t", network="NATIONAL"
)
Send = Callable[..., Any]


@pytest.fixture
def token(platform: Platform) -> str:
    platform.handler.handle(STATION)
    return issue(platform, "logger 7", "DEVICE", [], "test")[1]


@pytest.fixture
def send(server: TestClient, token: str) -> Send:
    def post(body: Any, media_type: str = JSON, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        said = {"Authorization": f"Bearer {token}", "Content-Type": media_type, **headers}
        return server.post(PATH, content=content, headers=said)

    return post


def rows(platform: Platform, sql: str) -> list[tuple[Any, ...]]:
    fold(platform)
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(sql).fetchall()


def test_one_statement_is_taken_down_as_its_key_s_holder_says(platform: Platform, send: Send) -> None:
    answer = send(SAID)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert rows(platform, "SELECT factor, value, mark, source FROM base.reading ORDER BY factor") == [
        ("PM10", None, "D", "logger 7"),
        ("PM2.5", 41.0, "", "logger 7"),
    ]
    assert send(SAID).json()["repeated"] == 1


def test_a_batch_names_each_item_that_is_refused_and_where_it_is_kept(platform: Platform, send: Send) -> None:
    crooked = {**SAID, "readings": [{"factor": "PM2.5", "value": "much"}]}
    answer = send([SAID, {**SAID, "site_id": "nowhere"}, crooked, 7])
    assert answer.status_code == 207
    refused = answer.json()["refused"]
    assert [(each["index"], each["code"], each["where"]) for each in refused] == [
        (1, "unknown_site", "site_id"),
        (2, "does_not_fit_the_schema", "readings[0].value"),
        (3, "does_not_fit_the_schema", "item"),
    ]
    kept = rows(platform, "SELECT submission_id, channel, origin FROM ops.quarantine")
    assert {row[0] for row in kept} == {each["submission_id"] for each in refused}
    assert ("http", "logger 7, item 2") in [row[1:] for row in kept]


def test_a_body_that_is_no_json_is_kept_as_it_came(platform: Platform, send: Send) -> None:
    answer = send(b'{"site_id": ')
    assert (answer.status_code, answer.json()["refused"][0]["code"]) == (422, "not_json")
    assert [content for _, _, content in in_quarantine(platform)] == [b'{"site_id": ']


def test_a_numbered_delivery_gets_the_same_answer_again(platform: Platform, send: Send) -> None:
    first = send(SAID, **{"Idempotency-Key": "42"})
    again = send(SAID, **{"Idempotency-Key": "42"})
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert first.json()["accepted"] == 1
    other = send([SAID], **{"Idempotency-Key": "42"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert send(SAID, **{"Idempotency-Key": "4" * 300}).json()["code"] == "bad_idempotency_key"
    assert rows(platform, "SELECT count(*) FROM base.delivery_recorded") == [(1,)]


def test_of_bodies_at_once_under_one_number_one_is_recorded_and_the_others_are_told(
    platform: Platform, send: Send
) -> None:
    bodies = [{**SAID, "observed_at": f"2022-01-03T0{hour}:00:00Z"} for hour in range(6)]
    for number in range(5):
        answers = at_once(send, bodies, str(number))
        assert sorted(answer.status_code for answer in answers) == [200] + [422] * 5
        told = {answer.json()["code"] for answer in answers if answer.status_code == 422}
        assert told == {"idempotency_key_reused"}
        taken = [body["observed_at"] for body, a in zip(bodies, answers, strict=True) if a.status_code == 200]
        found = rows(platform, "SELECT DISTINCT strftime(observed_at, '%Y-%m-%dT%H:%M:%SZ') FROM base.reading")
        assert {(moment,) for moment in taken} <= set(found)
        bodies = [body for body in bodies if body["observed_at"] not in taken]
        assert not {(body["observed_at"],) for body in bodies} & set(found)
        bodies += [{**SAID, "observed_at": f"2022-01-04T0{number}:00:00Z"}]


def at_once(send: Send, bodies: Sequence[Any], number: str) -> list[Any]:
    ready = threading.Barrier(len(bodies))

    def post(body: Any) -> Any:
        ready.wait()
        return send(body, **{"Idempotency-Key": number})

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(post, bodies))


def test_equal_bodies_at_once_under_one_number_get_the_same_answer(send: Send) -> None:
    answers = at_once(send, [SAID] * 8, "same")
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert answers[0].json()["accepted"] == 1


def test_a_delivery_that_died_before_it_was_answered_lets_only_its_own_body_begin_again(
    platform: Platform, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = platform.handler.handle

    def dying(command: Any) -> Any:
        if isinstance(command, NoteDelivery):
            raise ZeroDivisionError
        return handle(command)

    with monkeypatch.context() as patched:
        patched.setattr(platform.handler, "handle", dying)
        with pytest.raises(ZeroDivisionError):
            send(SAID, **{"Idempotency-Key": "42"})
    other = send({**SAID, "period": "DAY"}, **{"Idempotency-Key": "42"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    again = send(SAID, **{"Idempotency-Key": "42"})
    assert (again.status_code, again.json()["accepted"], again.json()["repeated"]) == (200, 0, 1)
    assert send(SAID, **{"Idempotency-Key": "42"}).text == again.text
    assert rows(platform, "SELECT count(DISTINCT period) FROM base.reading") == [(1,)]


def test_what_has_too_many_items_claims_no_number(send: Send) -> None:
    assert send([7] * 10_001, **{"Idempotency-Key": "9"}).status_code == 413
    assert send(SAID, **{"Idempotency-Key": "9"}).status_code == 200


SOUND = json.dumps(SAID).encode()
BAD_ITEMS = {
    "not UTF-8": b'{"site_id":"18\xff3A"}',
    "GBK": '{"site_id":"十里"}'.encode("gbk"),
    "not UTF-8 in a key": b'{"\xff":1}',
    "NaN": SOUND.replace(b"41", b"NaN"),
    "infinity": SOUND.replace(b"41", b"1e400"),
    "a huge number": SOUND.replace(b"41", b"9" * 5000),
    "digits of another script": SOUND.replace(b"41", "４０".encode()),
    "an underscore": SOUND.replace(b"41", b"1_0"),
    "half a surrogate": SOUND.replace(b"1803A", b"\\ud800"),
    "NUL": SOUND.replace(b"1803A", b"1803\\u0000A"),
    "a raw NUL": SOUND.replace(b"1803A", b"1803\x00A"),
    "nested deeply": b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "a list in the list": b"[" * 5000 + b"]" * 5000,
    "the last year": SOUND.replace(b"2022-01-03T04:00:00Z", b"9999-12-31T23:00:00-14:00"),
    "the first year": SOUND.replace(b"2022-01-03T04:00:00Z", b"0001-01-01T00:00:00+14:00"),
    "no such day": SOUND.replace(b"2022-01-03", b"2022-02-30"),
    "nothing": b"",
    "no value": b"null",
}


@pytest.mark.parametrize("name", BAD_ITEMS)
def test_one_bad_item_costs_its_item_only(platform: Platform, send: Send, name: str) -> None:
    answer = send(b"[" + BAD_ITEMS[name] + b"," + SOUND + b"]")
    assert (answer.status_code, answer.json()["accepted"]) == (207, 1)
    assert [each["index"] for each in answer.json()["refused"]] == [0]
    assert [content for _, _, content in in_quarantine(platform)] == [BAD_ITEMS[name]]


def test_an_item_that_meets_a_bug_is_quarantined_alone(
    platform: Platform, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    readable = Soundness._readable

    def judging(self: Soundness, subsystem: str, said: Any) -> bool:
        return readable(self, subsystem, said) if said.period == "HOUR" else bool(1 / 0)

    monkeypatch.setattr(Soundness, "_readable", judging)
    answer = send([{**SAID, "period": "MINUTE"}, SAID])
    assert (answer.status_code, answer.json()["accepted"]) == (207, 1)
    assert rows(platform, "SELECT code FROM base.submission_quarantined") == [("unexpected",)]


def test_avro_in_the_wire_format_is_read_one_message_behind_the_other(platform: Platform, send: Send) -> None:
    messages = b"".join(wire(observation("1803A")) for _ in range(2))
    answer = send(messages, AVRO)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["repeated"]) == (200, 1, 1)
    assert rows(platform, "SELECT count(*), any_value(source) FROM base.reading") == [(6, "test")]
    cut = send(messages + messages[:-3], AVRO)
    assert (cut.status_code, cut.json()["repeated"], len(cut.json()["refused"])) == (207, 3, 1)
    for rubbish in (
        b"",
        b"\x00\x00",
        messages[: len(messages) // 2 - 3],
        b"\x00\x00\x00\x00\x09rubbish",
        b"\x00\x00\x00\x00\x02x",
    ):
        assert send(rubbish, AVRO).status_code == 422


def wire(event: Any) -> bytes:
    entry = registry().newest(event.type)
    target = io.BytesIO(b"\x00" + entry.id.to_bytes(4, "big"))
    target.seek(0, io.SEEK_END)
    schemaless_writer(target, parse_schema(json.loads(json.dumps(entry.schema))), event.fields)
    return target.getvalue()


def test_without_a_key_in_force_nothing_is_taken(platform: Platform, server: TestClient, send: Send) -> None:
    for said in ({}, {"Authorization": "Bearer e1357_wrong"}, {"Authorization": "Basic x"}):
        answer = server.post(PATH, json=SAID, headers=said)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    ((key_id,),) = rows(platform, "SELECT key_id FROM ops.key")
    platform.handler.handle(RevokeKey(source="test", key_id=key_id, reason="stolen"))
    assert send(SAID).status_code == 401


def test_only_the_hash_of_a_token_is_kept(platform: Platform, token: str) -> None:
    fold(platform)
    assert token.encode() not in b"".join(batch.datums for batch in platform.log.read({}))


def test_what_is_too_large_or_of_another_type_is_turned_away(send: Send) -> None:
    assert send(b" " * (MOST_BYTES + 1)).status_code == 413
    assert send([7] * 10_001).status_code == 413
    assert send(SAID, "text/plain").status_code == 415
    assert send(SAID, **{"Content-Encoding": "gzip"}).status_code == 415


def test_who_comes_while_there_is_too_much_to_do_is_told_when_to_come_again(
    server: TestClient, platform: Platform, send: Send
) -> None:
    server.app.state.admission = Admission(platform, at_once=0)  # type: ignore[attr-defined]
    answer = send(SAID)
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (429, "1", "too_busy")
    server.app.state.admission = Admission(platform, lag_events=-1)  # type: ignore[attr-defined]
    answer = send(SAID)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    server.app.state.admission = Admission(platform)  # type: ignore[attr-defined]
    assert send(SAID).json()["accepted"] == 1


DOCUMENTED = {200, 207, 401, 413, 415, 422, 429, 503}
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8))
TIMES = st.sampled_from(["2022-01-03T04:00:00Z", "2022-01-03T12:00:00+08:00", "0001-01-01T00:00:00Z", "soon", 5])
READINGS = st.fixed_dictionaries(
    {"factor": st.sampled_from(["PM2.5", "PM10", "gold", 3]), "value": st.one_of(SCALARS, st.just(10**400))},
    optional={"mark": st.sampled_from(["", "N", "D", "?"]), "extra": SCALARS},
)
ITEMS = st.one_of(
    SCALARS,
    st.fixed_dictionaries(
        {"site_id": st.sampled_from(["1803A", "x"]), "period": st.sampled_from(["HOUR", "DAY", "", 1])},
        optional={"observed_at": TIMES, "readings": st.lists(READINGS, max_size=3), "source": SCALARS},
    ),
)
BODIES = st.one_of(
    st.tuples(
        st.just(JSON), st.one_of(ITEMS, st.lists(ITEMS, max_size=4)).map(lambda said: json.dumps(said).encode())
    ),
    st.tuples(st.sampled_from([JSON, AVRO, "text/html", ""]), st.binary(max_size=40)),
    st.tuples(st.just(AVRO), st.binary(max_size=40).map(lambda rest: b"\x00\x00\x00\x00\x01" + rest)),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=BODIES)
def test_whatever_is_sent_is_answered_as_documented_and_accounted_for(send: Send, sent: tuple[str, bytes]) -> None:
    media_type, body = sent
    answer = send(body, media_type)
    assert answer.status_code in DOCUMENTED - {401, 413, 429, 503}
    if answer.status_code != 415:
        said = answer.json()
        count = said["accepted"] + said["repeated"] + len(said["refused"])
        whole = [each for each in said["refused"] if each["index"] is None]
        if media_type == JSON and not whole:
            items = json.loads(body)
            assert count == (len(items) if isinstance(items, list) else 1)
        assert answer.status_code == (200 if not said["refused"] else answer.status_code)


def test_the_document_says_what_the_server_answers(server: TestClient) -> None:
    said = server.get("/api/v1/openapi.json").json()
    post = said["paths"][PATH]["post"]
    assert {int(status) for status in post["responses"]} == DOCUMENTED
    assert set(post["requestBody"]["content"]) == {JSON, AVRO}
    shape = said["components"]["schemas"]["SentObservation"]
    assert set(shape["required"]) == set(SAID)
    assert shape["additionalProperties"] is False


@pytest.fixture
def sheet() -> bytes:
    header = b"timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h\n"
    return header + b"2022-01-03T05:00:00,1803A,41,80,1,1,1,1\n2022-01-03T06:00:00,1803A,much,80,1,1,1,1\n"


def test_a_file_is_tried_and_then_imported(server: TestClient, platform: Platform, sheet: bytes) -> None:
    platform.handler.handle(STATION)
    assert {"kind": "cnemc", "title": "National air quality network, hourly"} in server.get(
        "/api/v1/profiles"
    ).json()

    def post(**query: str) -> Any:
        said = {"kind": "cnemc", "name": "../../day.csv", **query}
        octets = {"Content-Type": "application/octet-stream"}
        return server.post("/api/v1/files", params=said, content=sheet, headers=octets)

    tried = post(dry_run="true").json()
    assert (tried["accepted"], tried["refused"]) == (2, 1)  # one cell of the second row can't be read
    assert rows(platform, "SELECT count(*) FROM base.reading") == [(0,)]
    assert post().json()["accepted"] == 2
    assert rows(platform, "SELECT origin FROM ops.quarantine") == [("day.csv, line 3",)]
    assert post(kind="/etc/x.yaml").json()["code"] == "unknown_kind"
    assert post(name="..").status_code == 422
    assert server.post("/api/v1/files", params={"kind": "cnemc"}, content=sheet).status_code == 415


def test_an_import_ends_when_its_caller_leaves_and_nothing_is_left_of_the_upload(platform: Platform) -> None:
    progressed, reports = list[int](), list[str]()

    def work(progress: Any) -> bytes:
        try:
            for done in range(100_000):
                progress("import", done, 100_000)
                progressed.append(done)
                left.wait(0.01)
        except CallerLeft as gone:
            reports.append(str(gone))
            raise
        return b""

    left = threading.Event()

    async def receive() -> Any:
        await anyio.sleep(0)
        return {"type": "http.disconnect"}

    async def leave() -> None:
        with pytest.raises(CallerLeft):
            await _while_there(Request({"type": "http"}, receive), work)

    anyio.run(leave)
    assert len(progressed) < 1000
    assert "what was read is durable" in reports[0]
    assert not list((platform.data / "uploads").glob("*"))


def test_what_a_killed_process_left_of_uploads_is_removed(data: Path) -> None:
    left = data / "uploads" / "tmp1" / "day.csv"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"x")
    with open_platform(data, Limits(threads=1)):
        assert not left.exists()
