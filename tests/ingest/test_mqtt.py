"""Messages of a real broker: taken down by the same profiles, and acknowledged only when durable."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt import publish
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from env1357.settings import Settings, listed
from eventlog.log import LogUnavailable
from ingest import mqtt
from ingest.messages import Subscription, parsed, read
from ingest.mqtt import Subscriber
from ingest.observations import Observations
from ingest.resending import content_of
from ingest.statement import Statement
from running.platform import Platform
from services.air.commands import RegisterStation
from services.decider import Refused
from tests.conftest import skip_or_fail
from tests.journeys.steps import fold
from tests.waiting import eventually

SAID = {
    "site_id": "1803A",
    "period": "HOUR",
    "observed_at": "2022-01-03T04:00:00Z",
    "readings": [{"factor": "PM2.5", "value": 41}],
}
SHEET = "timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h\n2022-01-03T06:00:00,1803A,{},80,1,1,1,1\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A Mosquitto of our own on a free port of the loopback."""
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        skip_or_fail("Mosquitto is not here: run tests/provide-mosquitto")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    config = tmp_path_factory.mktemp("mosquitto") / "mosquitto.conf"
    config.write_text(f"listener {free} 127.0.0.1\nallow_anonymous true\n")
    with subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL) as broker:
        eventually(lambda: _listens(free))
        yield free
        broker.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def send(port: int, topic: str, *payloads: str | bytes) -> None:
    messages: list[Any] = [{"topic": topic, "payload": payload, "qos": 1} for payload in payloads]
    publish.multiple(messages, hostname="127.0.0.1", port=port)


@contextmanager
def subscribed(
    port: int, client: str, observations: Observations, *subscriptions: str, pause_s: float = 1.0
) -> Iterator[Subscriber]:
    url = f"mqtt://127.0.0.1:{port}"
    subscriber = Subscriber(url, [parsed(each) for each in subscriptions], observations, client, pause_s)
    subscriber.start()
    try:
        yield subscriber
    finally:
        subscriber.stop()


def rows(platform: Platform, sql: str) -> list[tuple[Any, ...]]:
    fold(platform)
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(sql).fetchall()


@pytest.fixture
def station(platform: Platform) -> Platform:
    platform.handler.handle(
        RegisterStation(
            source="test", site_id="1803A", name_zh="x", name_en="x", position_source="t", network="NATIONAL"
        )
    )
    return platform


class FailingFirst(Observations):
    """Observations on a log that can't take anything at first."""

    failures = 3
    tried = 0

    def take_statements(self, statements: Sequence[Statement], *rest: Any, **named: Any) -> Any:
        self.tried += 1
        if self.tried <= self.failures:
            raise LogUnavailable("the disk is full")
        return super().take_statements(statements, *rest, **named)


def test_messages_are_taken_down_by_the_api_s_shape_and_by_profiles(port: int, station: Platform) -> None:
    with subscribed(port, "both", station.observations, "api=both/api/#", "cnemc=both/+/csv") as subscriber:
        eventually(subscriber.subscribed.is_set)
        send(port, "both/api/1803A", json.dumps(SAID), json.dumps(SAID))
        send(port, "both/1803A/csv", SHEET.format(43))
        eventually(lambda: subscriber.counts.messages == 3)
        assert (subscriber.counts.accepted, subscriber.counts.repeated) == (2, 1)
    sql = "SELECT value, source FROM base.reading WHERE factor = 'PM2.5' ORDER BY value"
    assert rows(station, sql) == [(41.0, "1803A"), (43.0, "cnemc")]


def test_rubbish_is_kept_with_its_topic_and_the_rest_goes_on(port: int, station: Platform) -> None:
    with subscribed(port, "rubbish", station.observations, "api=rubbish/#") as subscriber:
        eventually(subscriber.subscribed.is_set)
        send(port, "rubbish/x", b"\xff\x00", json.dumps({**SAID, "site_id": "nowhere"}), json.dumps(SAID))
        eventually(lambda: subscriber.counts.messages == 3)
    assert rows(station, "SELECT channel, origin, code FROM ops.quarantine ORDER BY code") == [
        ("mqtt", "rubbish/x", "not_json"),
        ("mqtt", "rubbish/x", "unknown_site"),
    ]
    assert rows(station, "SELECT count(*) FROM base.reading") == [(1,)]


def test_a_message_waits_while_the_log_can_t_take_it(port: int, station: Platform) -> None:
    failing = FailingFirst(station.log, station.state, station.follower, station.observations._clock)
    with subscribed(port, "waiting", failing, "api=waiting/#", pause_s=0.05) as subscriber:
        eventually(subscriber.subscribed.is_set)
        send(port, "waiting/1803A", json.dumps(SAID))
        eventually(lambda: subscriber.counts.accepted == 1)
    assert failing.tried == 4


def test_what_was_not_durable_is_sent_again_to_the_successor(port: int, station: Platform) -> None:
    failing = FailingFirst(station.log, station.state, station.follower, station.observations._clock)
    failing.failures = 10_000
    with subscribed(port, "successor", failing, "api=successor/#", pause_s=0.05) as first:
        eventually(first.subscribed.is_set)
        send(port, "successor/1803A", json.dumps(SAID))
        eventually(lambda: failing.tried > 2)
    send(port, "successor/1803A", json.dumps({**SAID, "observed_at": "2022-01-03T05:00:00Z"}))  # nobody listens
    with subscribed(port, "successor", station.observations, "api=successor/#") as second:
        eventually(lambda: second.counts.accepted == 2)
    assert rows(station, "SELECT count(DISTINCT observed_at) FROM base.reading") == [(2,)]


def test_what_nobody_expected_is_quarantined_alone_and_the_reader_goes_on(
    port: int, station: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = station.observations.take_statements

    def failing(statements: Sequence[Statement], *rest: Any, **named: Any) -> Any:
        if any(said.factors == ("O3",) for said in statements):
            raise ZeroDivisionError("a bug")
        return take(statements, *rest, **named)

    def reading(topic: str, payload: bytes, by: Subscription) -> Any:
        if b"bug in reading" in payload:
            raise KeyError("another bug")
        return read(topic, payload, by)

    monkeypatch.setattr(station.observations, "take_statements", failing)
    monkeypatch.setattr(mqtt, "read", reading)
    poison = json.dumps({**SAID, "readings": [{"factor": "O3", "value": 1}]})
    later = [json.dumps({**SAID, "observed_at": f"2022-01-03T0{hour}:00:00Z"}) for hour in (5, 6)]
    foreign = b'{"site_id":"18\xff3A"}'
    with subscribed(port, "poison", station.observations, "api=poison/#") as subscriber:
        eventually(subscriber.subscribed.is_set)
        send(port, "poison/x", json.dumps(SAID), poison, later[0], "a bug in reading", foreign, later[1])
        eventually(lambda: subscriber.counts.messages == 6)
        assert (subscriber.counts.unexpected >= 2, subscriber.counts.accepted, subscriber.failure) == (
            True,
            3,
            None,
        )
    with subscribed(port, "poison", station.observations, "api=poison/#") as successor:
        eventually(successor.subscribed.is_set)
        send(port, "poison/x", json.dumps(SAID))
        eventually(lambda: successor.counts.messages == 1)  # nothing of it is sent again
    kept = rows(station, "SELECT submission_id FROM ops.quarantine")
    assert {content_of(identity, station.state) for (identity,) in kept} == {
        poison.encode(),
        b"a bug in reading",
        foreign,
    }


def test_tables_that_can_t_answer_are_an_outage_and_no_message_is_to_blame(
    port: int, station: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites, failures = station.state.sites, [OSError("the tables are gone")] * 5

    def failing() -> Any:
        if failures:
            raise failures.pop()
        return sites()

    monkeypatch.setattr(station.state, "sites", failing)
    with subscribed(port, "tables", station.observations, "api=tables/#", pause_s=0.05) as subscriber:
        eventually(subscriber.subscribed.is_set)
        send(port, "tables/x", json.dumps(SAID))
        eventually(lambda: subscriber.counts.accepted == 1)
        assert (subscriber.counts.refused, failures) == (0, [])


def test_a_reader_whose_connection_has_died_says_so_and_connects_anew(port: int, station: Platform) -> None:
    with subscribed(port, "died", station.observations, "api=died/#", pause_s=0.05) as subscriber:
        eventually(subscriber.subscribed.is_set)
        subscriber._client.loop_stop()
        eventually(lambda: subscriber.counts.reconnected == 1)
        eventually(lambda: subscriber.failure is None)
        send(port, "died/x", json.dumps(SAID))
        eventually(lambda: subscriber.counts.accepted == 1)


def test_who_was_never_connected_is_not_well(station: Platform) -> None:
    assert Subscriber("mqtt://127.0.0.1", [parsed("api=x")], station.observations).failure is not None


def test_messages_of_a_shared_subscription_find_their_kind_and_site(port: int, station: Platform) -> None:
    with subscribed(port, "shared", station.observations, "api=$share/us/shared/+/hour") as subscriber:
        eventually(subscriber.subscribed.is_set)
        send(port, "shared/1803A/hour", json.dumps(SAID))
        eventually(lambda: subscriber.counts.accepted == 1)
    assert parsed("api=$share/us/shared/+/hour").site("shared/1803A/hour") == "1803A"


def test_a_subscription_that_the_broker_refuses_is_told(station: Platform) -> None:
    asked = [parsed("api=env/ours/#"), parsed("api=env/theirs/#")]
    subscriber = Subscriber("mqtt://127.0.0.1", asked, station.observations)
    refusal = ReasonCode(PacketTypes.SUBACK, "Not authorized")
    subscriber._answered(None, None, 1, [ReasonCode(PacketTypes.SUBACK, "Granted QoS 1"), refusal], None)
    assert not subscriber.subscribed.is_set()
    assert subscriber.failure is not None
    assert "env/theirs/# (Not authorized)" in subscriber.failure
    assert "env/ours" not in subscriber.failure


def test_a_topic_names_the_site_where_the_table_does_not() -> None:
    by = parsed("swmp=env/+/sonde")
    assert (by.site("env/apaebmet/sonde"), parsed("swmp=env/#").site("env/x/apaebmet")) == ("apaebmet", "apaebmet")
    payload = (
        b'[{"datetimestamp": "2020-01-01 00:00", "temp": "12.5", "f_temp": "<0>", "ph": "much", "f_ph": "<0>"}]'
    )
    items = read("env/apaebmet/sonde", payload, by)
    assert [item.content for item in items] == [payload] * len(items)
    assert all(isinstance(item.said, Refused) or item.said.site_id == "apaebmet" for item in items)


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"[1]", b"a,b\n1,2\n", b"\xff\xfe", b'{"a": {}}', b"\n\n"])
def test_no_payload_stops_the_reading_of_messages(payload: bytes) -> None:
    for kind in ("api", "cnemc", "swmp", "wqp", "uci-beijing"):
        items = read("a/b", payload, Subscription("a/+", kind))
        assert all(isinstance(item.said, Refused) for item in items)


@pytest.mark.parametrize("text", ["gold=a/b", "api=", "api"])
def test_a_subscription_that_can_t_be_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parsed(text)


def test_a_broker_that_is_named_wrongly_is_refused(station: Platform) -> None:
    with pytest.raises(Refused, match="mqtt://host"):
        Subscriber("http://broker", [], station.observations)


def test_a_broker_s_password_is_not_listed() -> None:
    said = listed(Settings(mqtt_url="mqtt://user:secret@broker"))
    assert all("secret" not in value for _, value, _, _ in said)


PIECES = st.sampled_from(
    [*SHEET.partition(",{}"), "[", "]", "{", "}", '"temp":', "\n", ",", '"', "\0", "\ufeff", "x"]
)
PAYLOADS = st.one_of(
    st.binary(max_size=60), st.lists(PIECES, max_size=8).map(lambda parts: "".join(parts).encode())
)


@settings(max_examples=150, deadline=None)
@given(payload=PAYLOADS, kind=st.sampled_from(["api", "cnemc", "swmp", "wqp", "uci-beijing"]))
def test_whatever_comes_is_read_or_refused(payload: bytes, kind: str) -> None:
    items = read("a/b", payload, Subscription("a/+", kind))
    assert all(isinstance(item.said, Refused | Statement) for item in items)
