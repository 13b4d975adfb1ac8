"""From a Kafka topic to queryable tables: ours beside Quix Streams and a plain confluent-kafka loop, in one run.

All read the same events of eight readings from the same broker and write the same rows: one an event and one a
reading. Ours also computes the air's hours and days, which the others are not asked for.
"""

import argparse
import cProfile
import io
import json
import logging
import pstats
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from confluent_kafka import Consumer, TopicPartition
from fastavro import parse_schema, schemaless_reader
from quixstreams import Application
from quixstreams.models.serializers.avro import AvroDeserializer
from quixstreams.sinks import BatchingSink, SinkBatch

from deploy.bench.readings import EVENT, events
from deploy.kafka import cluster
from eventlog.codec import Event, encode
from eventlog.kafka import Address, KafkaLog
from eventlog.log import Draft
from eventlog.topics import Wanted, apply
from projections import replay
from projections.database import Limits
from schemas.ids import registry

EVENTS = 150_000
READINGS = 8
TOPIC = "env1357.air"
_MORE = ("temperature", "humidity")
_APPENDED_AT_ONCE = 20_000
_FLUSHED_AT = 20_000
_SCHEMA = registry().newest(EVENT)
_PARSED = parse_schema(json.loads(json.dumps(_SCHEMA.schema)))
_TABLES = """
CREATE TABLE observation (event_id VARCHAR, site_id VARCHAR, period VARCHAR, observed_at TIMESTAMPTZ,
  recorded_at TIMESTAMPTZ, source VARCHAR, statement INTEGER);
CREATE TABLE reading (site_id VARCHAR, factor VARCHAR, observed_at TIMESTAMPTZ, value DOUBLE, mark VARCHAR);
"""


def run(count: int = EVENTS) -> dict[str, float]:
    """Events a second of each way, each in a process of its own; medians of three."""
    with tempfile.TemporaryDirectory() as folder:
        started = cluster.start(Path(folder) / "broker")
        try:
            address = Address((started.servers,), "bench")
            apply(address, Wanted(partitions=1, replication=1, min_insync=1))
            found = {"produce": _produce(address, count)}
            rates: dict[str, list[float]] = {"ours": [], "confluent": [], "quix": []}
            for n in range(3):  # in turn, so that what else the machine does meets all of them
                for way, measured in rates.items():
                    measured.append(_measured(way, address, count, Path(folder) / f"{way}-{n}.duckdb"))
            for way, measured in rates.items():
                found[way] = sorted(measured)[1]
                _say(f"{way}: " + ", ".join(f"{rate:,.0f}" for rate in measured) + " events/s")
        finally:
            started.stop()
    return found


def report(found: dict[str, float]) -> None:
    names = {
        "produce": "produce, ours (acks=all, idempotent)",
        "ours": "consume to tables, ours (base and air tables)",
        "confluent": "consume to tables, confluent-kafka + fastavro + DuckDB",
        "quix": "consume to tables, Quix Streams + DuckDB",
    }
    for way, rate in found.items():
        _say(f"{names[way]:<56}{rate:>12,.0f} events/s {rate * READINGS:>12,.0f} readings/s")
    best = max(found["confluent"], found["quix"])
    _say(f"ours to the better of the two: {found['ours'] / best:.1f}  (to reach: more than 1)")


def said(count: int) -> Iterator[Event]:
    """Hourly observations of eight factors each."""
    for event in events(count):
        fields = event.fields
        yield Event(
            EVENT,
            {
                **fields,
                "factors": [*fields["factors"], *_MORE],
                "values": [*fields["values"], 1.0, 2.0],
                "marks": [*fields["marks"], "", ""],
            },
        )


def _produce(address: Address, count: int) -> float:
    encoded = [(event.fields["subject"], encode(event)) for event in said(count)]
    log = KafkaLog(address)
    started = time.perf_counter()
    for at in range(0, count, _APPENDED_AT_ONCE):
        part = encoded[at : at + _APPENDED_AT_ONCE]
        log.append([Draft(TOPIC, _SCHEMA.id, [key for key, _ in part], [datum for _, datum in part])])
    rate = count / (time.perf_counter() - started)
    log.close()
    return rate


def _measured(way: str, address: Address, count: int, target: Path) -> float:
    command = [sys.executable, "-m", "deploy.bench.kafka", way, str(address), str(count), str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout.splitlines()[-1])


def ours(address: Address, count: int, target: Path) -> float:
    log = KafkaLog(address)
    started = time.perf_counter()
    generation = replay.build(log, target, Limits())
    seconds = time.perf_counter() - started
    _expect(generation.connection, "base.observation", "base.reading", count)
    generation.connection.close()
    log.close()
    return count / seconds


def confluent(address: Address, count: int, target: Path) -> float:
    """The plain loop: librdkafka's consumer, fastavro, rows to DuckDB by way of Arrow."""
    consumer = Consumer({"bootstrap.servers": address.servers[0], "group.id": str(uuid.uuid4())})
    connection, left = _plain_tables(target), count
    started = time.perf_counter()
    consumer.assign([TopicPartition(address.broker_topic(TOPIC), 0, 0)])
    rows: list[Any] = []
    while left:
        for message in consumer.consume(10_000, 1.0):
            rows.append(_decoded(message.value()))
        if len(rows) >= min(_FLUSHED_AT, left):
            _write(connection, rows)
            left -= len(rows)
            rows = []
    seconds = time.perf_counter() - started
    consumer.close()
    _expect(connection, "observation", "reading", count)
    return count / seconds


def quix(address: Address, count: int, target: Path) -> float:
    """Quix Streams with a batching sink and its own Avro deserializer."""
    connection = _plain_tables(target)
    app = Application(
        broker_address=address.servers[0],
        consumer_group=str(uuid.uuid4()),
        auto_offset_reset="earliest",
        loglevel="ERROR",
        commit_every=_FLUSHED_AT,
        auto_create_topics=False,
    )
    topic = app.topic(
        address.broker_topic(TOPIC), value_deserializer=_WireFormat(_SCHEMA.schema), key_deserializer="str"
    )
    app.dataframe(topic).sink(_Tables(connection))
    started = time.perf_counter()
    app.run(count=count, timeout=120)
    seconds = time.perf_counter() - started
    _expect(connection, "observation", "reading", count)
    return count / seconds


class _WireFormat(AvroDeserializer):
    """Quix Streams' own Avro deserializer, behind the five bytes of the Confluent wire format."""

    def __call__(self, value: bytes, ctx: Any) -> Any:
        return super().__call__(value[5:], ctx)


class _Tables(BatchingSink):
    """Writes batches of events to DuckDB."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__()
        self._connection = connection

    def write(self, batch: SinkBatch) -> None:
        _write(self._connection, [item.value for item in batch])


def _decoded(value: bytes) -> Any:
    return schemaless_reader(io.BytesIO(value[5:]), _PARSED, None)


def _plain_tables(target: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(target), config={"threads": 2, "memory_limit": "256MB"})
    connection.execute(_TABLES)
    return connection


def _write(connection: duckdb.DuckDBPyConnection, rows: Sequence[Any]) -> None:
    names = ("event_id", "site_id", "period", "observed_at", "recorded_at", "source", "statement")
    said = {name: [row[name] for row in rows] for name in names}
    observations = pl.DataFrame({**said, "event_id": list(map(str, said["event_id"]))})
    parts = {name: [row[name] for row in rows] for name in ("site_id", "observed_at", "factors", "values", "marks")}
    readings = (
        pl.DataFrame(parts)
        .explode("factors", "values", "marks", empty_as_null=False)
        .select("site_id", "factors", "observed_at", "values", "marks")
    )
    connection.execute("BEGIN")
    for table, frame in (("observation", observations), ("reading", readings)):
        connection.register("incoming", frame.to_arrow())
        connection.execute(f"INSERT INTO {table} FROM incoming")
    connection.execute("COMMIT")


def _expect(connection: duckdb.DuckDBPyConnection, observations: str, readings: str, count: int) -> None:
    """All must have written the same, or they can't be compared."""
    for table, rows in ((observations, count), (readings, READINGS * count)):
        found = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        if found != rows:
            raise SystemExit(f"{table} has {found} rows, and {rows} were written to the topic")


def profile(count: int) -> None:
    """Where the time goes that kafka-python takes for each record, and where it goes when batches come whole."""
    from kafka import KafkaConsumer
    from kafka import TopicPartition as Partition

    with tempfile.TemporaryDirectory() as folder:
        started = cluster.start(Path(folder) / "broker")
        try:
            address = Address((started.servers,), "bench")
            apply(address, Wanted(partitions=1, replication=1, min_insync=1))
            _say(f"produce: {_produce(address, count):,.0f} events/s")
            consumer = KafkaConsumer(
                bootstrap_servers=[started.servers], group_id=None, auto_offset_reset="earliest"
            )
            consumer.assign([Partition(address.broker_topic(TOPIC), 0)])

            def by_records() -> None:
                left = count
                while left > 0:
                    left -= sum(map(len, consumer.poll(1000).values()))

            log = KafkaLog(address)
            for name, way in (("records", by_records), ("batches", lambda: sum(b.count for b in log.read({})))):
                profiler, began = cProfile.Profile(), time.perf_counter()
                profiler.runcall(way)
                _say(f"{name}: {count / (time.perf_counter() - began):,.0f} events/s under the profiler")
                pstats.Stats(profiler).sort_stats("tottime").print_stats(10)
            consumer.close()
            log.close()
        finally:
            started.stop()


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    if len(sys.argv) == 5:
        _say(str({"ours": ours, "confluent": confluent, "quix": quix}[sys.argv[1]](
            Address.parse(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
        )))  # fmt: skip
    else:
        parser = argparse.ArgumentParser(prog="python -m deploy.bench.kafka", description=__doc__)
        parser.add_argument("--events", type=int, default=EVENTS)
        parser.add_argument("--profile", action="store_true", help="profile instead of measuring")
        given = parser.parse_args()
        if given.profile:
            profile(given.events)
        else:
            report(run(given.events))
