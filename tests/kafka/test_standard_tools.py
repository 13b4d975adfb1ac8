"""Standard tools read our topics, and what other tools write is read or set aside."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from starlette.applications import Starlette

from eventlog import wire
from eventlog.codec import drafts, encode
from eventlog.kafka import Address
from gateway import registry
from schemas.ids import registry as committed
from tests.factories import observation, section
from tests.kafka.conftest import Gateway, Opened, caught_up, served
from tests.lacking import skip_or_fail
from tests.waiting import eventually

pytestmark = pytest.mark.slow

SCHEMA = committed().newest("air.observation_recorded").id


@pytest.fixture(scope="module")
def registry_url() -> Iterator[str]:
    app = Starlette(routes=[registry.routes("/registry")])
    with served(app) as url:
        yield f"{url}/registry"


def producer(address: Address, **settings: Any) -> Any:
    return KafkaProducer(bootstrap_servers=list(address.servers), **settings)


def test_a_record_carries_key_wire_format_and_the_attributes_of_cloudevents(
    opened: Opened, address: Address
) -> None:
    event = observation("1803A", source="省站 1")
    (stream,) = opened().append(drafts([event]))
    reader = KafkaConsumer(bootstrap_servers=list(address.servers), group_id=None, auto_offset_reset="earliest")
    partition = TopicPartition(address.broker_topic("env1357.air"), stream.partition)
    reader.assign([partition])
    ((record,),) = reader.poll(20_000).values()
    reader.close()
    assert (record.key, record.value) == (b"1803A", wire.value(SCHEMA, encode(event)))
    assert dict(record.headers) == {
        "content-type": b"application/vnd.confluent.avro",
        "ce_specversion": b"1.0",
        "ce_id": event.fields["event_id"].encode(),
        "ce_type": b"air.observation_recorded",
        "ce_source": b"%E7%9C%81%E7%AB%99%201",
        "ce_subject": b"1803A",
        "ce_time": b"2022-01-03T05:00:00Z",
    }
    assert record.timestamp == int(event.fields["recorded_at"].timestamp() * 1000)


def test_confluents_deserializer_reads_our_topics(opened: Opened, address: Address, registry_url: str) -> None:
    from confluent_kafka import Consumer
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroDeserializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    event = observation("1803A", readings={"SO2": 1.5, "CO": None})
    opened().append(drafts([event]))
    topic = address.broker_topic("env1357.air")
    client = SchemaRegistryClient({"url": registry_url})
    deserializer = AvroDeserializer(client)
    said = {"bootstrap.servers": ",".join(address.servers), "group.id": topic, "auto.offset.reset": "earliest"}
    consumer = Consumer(said)
    consumer.subscribe([topic])
    message = consumer.poll(30)
    assert message is not None
    fields: Any = deserializer(message.value(), SerializationContext(topic, MessageField.VALUE))
    consumer.close()
    client.__exit__()
    assert {name: fields[name] for name in event.fields} == {**event.fields, "event_id": fields["event_id"]}
    assert str(fields["event_id"]) == event.fields["event_id"]


def test_kcat_reads_our_topics(opened: Opened, address: Address, registry_url: str) -> None:
    if shutil.which("kcat") is None:
        skip_or_fail("kcat is not here")
    opened().append(drafts([observation("1803A"), observation("1804A")]))
    command = ["kcat", "-b", address.servers[0], "-t", address.broker_topic("env1357.air"), "-C", "-e", "-q"]
    if "Avro" in subprocess.run(["kcat", "-V"], capture_output=True, text=True).stdout:
        command += ["-s", "value=avro", "-r", registry_url]  # Debian's is built without it
    done = subprocess.run([*command, "-f", "%k %S %h\n"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    said = sorted(line.split(" ", 2) for line in done.stdout.splitlines())
    assert [key for key, _, _ in said] == ["1803A", "1804A"]
    assert [int(size) for _, size, _ in said] == [5 + len(encode(observation(key))) for key, _, _ in said]
    assert all("ce_type=air.observation_recorded" in headers for _, _, headers in said)


def test_the_registry_answers_as_confluents_does_and_registers_nothing(registry_url: str) -> None:
    import httpx2

    entry = committed().entry(SCHEMA)
    with httpx2.Client(base_url=registry_url) as client:
        latest = client.get(f"/subjects/{entry.subject}/versions/latest").json()
        assert (latest["id"], json.loads(latest["schema"])) == (SCHEMA, entry.schema)
        found = client.post(f"/subjects/{entry.subject}", json={"schema": json.dumps(entry.schema)}).json()
        assert found["version"] == entry.version
        assert client.get("/schemas/ids/99999").json()["error_code"] == 40403
        assert client.get("/subjects/nothing/versions").status_code == 404
        refused = client.post(f"/subjects/{entry.subject}/versions", json={"schema": '"string"'})
        assert refused.status_code == 422
        assert len(client.get("/subjects").json()) == len({e.subject for e in committed().entries.values()})


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
def test_compressed_batches_of_other_tools_are_read(gateway: Gateway, address: Address, compression: str) -> None:
    with producer(address, compression_type=compression, linger_ms=50) as other:
        for number in range(40):
            datum = encode(observation(f"s{number % 4}", statement=number))
            other.send(address.broker_topic("env1357.air"), wire.value(SCHEMA, datum), f"s{number % 4}".encode())
    platform = caught_up(gateway("one"))
    with platform.database.read() as snapshot:
        assert snapshot.connection.execute("SELECT count(*) FROM base.observation").fetchall() == [(40,)]


def test_a_poison_record_of_another_tool_is_quarantined_and_the_stream_goes_on(
    gateway: Gateway, address: Address
) -> None:
    sound = [wire.value(SCHEMA, encode(observation("s", statement=n))) for n in range(3)]
    poison = [b"hello", b"", wire.value(SCHEMA, b"\xff" * 9), wire.value(4711, b"x"), sound[2] + b"!", None]
    topic = address.broker_topic("env1357.air")
    platform = gateway("one")
    with producer(address, linger_ms=100) as other:
        for said in [sound[0], *poison, sound[1]]:
            other.send(topic, said, b"s")
        other.send(topic, wire.value(SCHEMA, b"odd"), b"s", headers=[("a", b"1"), ("b", b"2")])
        other.send(topic, sound[2], b"s", headers=[("trace", b"1")])
        other.send(topic, b"no key", None, partition=0)
    platform.log.append(drafts([section()]))
    caught_up(platform)
    with platform.database.read() as snapshot:
        read = snapshot.connection.execute("SELECT statement FROM base.observation ORDER BY 1").fetchall()
        aside = snapshot.connection.execute("SELECT bytes FROM ops.quarantine ORDER BY 1").fetchall()
        sites = snapshot.connection.execute("SELECT count(*) FROM base.section_registered").fetchall()
    assert (read, sites) == ([(0,), (1,), (2,)], [(1,)])
    assert [size for (size,) in aside] == sorted([5, 0, 9, 1, len(sound[2]) - 5 + 1, 0, 3, 6])
    replica = caught_up(gateway("two"))
    with replica.database.read() as snapshot:
        assert snapshot.connection.execute("SELECT bytes FROM ops.quarantine ORDER BY 1").fetchall() == aside


def test_transactions_of_another_tool_count_when_they_are_committed(gateway: Gateway, address: Address) -> None:
    topic, platform = address.broker_topic("env1357.air"), gateway("one")
    with producer(address, transactional_id=address.prefix) as other:
        other.init_transactions()
        for number, commits in enumerate([True, False, True]):
            other.begin_transaction()
            other.send(topic, wire.value(SCHEMA, encode(observation("s", statement=number))), b"s")
            other.flush()
            other.commit_transaction() if commits else other.abort_transaction()

    def read() -> list[tuple[int]]:
        caught_up(platform)
        with platform.database.read() as snapshot:
            return snapshot.connection.execute("SELECT statement FROM base.observation ORDER BY 1").fetchall()

    eventually(lambda: len(read()) == 2)  # a commit is answered before its mark is in every partition
    assert read() == [(0,), (2,)]
