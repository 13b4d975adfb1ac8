"""The platform on Kafka: the same tables as on the embedded log, replicas, snapshots, replays and transfers."""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from demo import simulator
from eventlog.codec import drafts
from eventlog.confluent import RegisteredIds
from eventlog.kafka import Address, KafkaLog
from eventlog.log import LogDamaged, LogTruncated, LogUnavailable, Stream
from eventlog.topics import apply
from ingest.quarantine import Submission
from projections.database import Limits
from projections.replay import contents
from running.copies import restore, snapshot
from running.operations import OPERATIONS
from running.platform import Platform, open_platform, silent
from schemas.ids import registry
from tests.brokers import ONE, THREE
from tests.command.test_command import run
from tests.conftest import DISTRICT
from tests.factories import NOON, observation, section
from tests.kafka.conftest import Gateway, Opened, caught_up, platform_on, served

pytestmark = pytest.mark.slow

Contents = Mapping[str, tuple[int, int]]


def tables(platform: Platform) -> Contents:
    """Every table's content, where the log's end is folded."""
    with caught_up(platform).database.read() as held:
        return contents(held.connection)


def thematic(platform: Platform) -> Contents:
    """The content of the tables that say nothing of where in the log an event stands."""
    return {name: said for name, said in tables(platform).items() if name.partition(".")[0] not in ("base", "ops")}


def fill(platform: Platform) -> None:
    """The district and the simulated streams."""
    OPERATIONS["load"](platform, {"folder": str(DISTRICT)}, silent)
    simulator.play(platform.handler, simulator.commands(7))
    said = [(each, Submission("simulator", each.site_id, b"")) for each in simulator.observations(7)]
    platform.observations.take(said, simulator.SOURCE)


def test_streams_move_between_the_logs_and_give_the_same_tables(
    gateway: Gateway, opened: Opened, tmp_path: Path
) -> None:
    with open_platform(tmp_path / "embedded", Limits(threads=1)) as embedded:
        fill(embedded)
        expected, events = thematic(embedded), sum(embedded.log.ends().values())
    assert sum(rows for rows, _ in expected.values()) > 300
    exported = tmp_path / "streams.avro"
    assert f"{events} events" in run("log", "export", str(exported), data=tmp_path / "embedded").stdout
    url = str(opened().address)
    assert f"{events} events appended" in run("log", "import", str(exported), "--log", url).stdout
    platform = gateway("kafka")
    assert thematic(platform) == expected
    report = OPERATIONS["verify"](platform, {}, silent)
    assert (report["unequal"], report["head"]) == ([], None)
    back = tmp_path / "back.avro"
    assert run("log", "export", str(back), "--log", url).returncode == 0
    assert run("log", "import", str(back), data=tmp_path / "again").returncode == 0
    with open_platform(tmp_path / "again", Limits(threads=1)) as again:
        assert thematic(again) == expected
        assert OPERATIONS["verify"](again, {}, silent)["unequal"] == []


def test_replicas_converge_and_one_serves_while_the_other_rebuilds(gateway: Gateway) -> None:
    one, two = gateway("one"), gateway("two")
    writers = [threading.Thread(target=fill, args=(one,)), threading.Thread(target=write, args=(two, "w", 60))]
    for writer in writers:
        writer.start()
    rebuilds = threading.Thread(target=lambda: OPERATIONS["replay"](two, {}, silent))
    rebuilds.start()
    answered = 0
    while rebuilds.is_alive() or any(writer.is_alive() for writer in writers):
        for replica in (one, two):
            with replica.database.read() as held:
                held.connection.execute("SELECT count(*) FROM base.observation").fetchall()
        answered += 1
    assert answered > 10
    assert tables(one) == tables(two)
    assert OPERATIONS["verify"](two, {}, silent)["unequal"] == []


def write(platform: Platform, site: str, count: int) -> None:
    for number in range(count):
        platform.log.append(drafts([observation(site, NOON + timedelta(hours=number))]))


def test_a_new_replica_starts_from_a_snapshot_and_catches_up(
    gateway: Gateway, address: Address, tmp_path: Path
) -> None:
    one = gateway("one")
    write(one, "a", 20)
    caught_up(one)
    taken = tmp_path / "taken.duckdb"
    snapshot(one, taken)
    write(one, "b", 20)
    restore(taken, tmp_path / "two")
    with platform_on(address, tmp_path / "two") as two:
        assert tables(two) == tables(one)


def test_what_retention_removed_is_told_and_a_snapshot_mends_it(
    gateway: Gateway, address: Address, opened: Opened, tmp_path: Path
) -> None:
    one = gateway("one")
    write(one, "a", 10)
    early, late = tmp_path / "early.duckdb", tmp_path / "late.duckdb"
    caught_up(one)
    snapshot(one, early)
    write(one, "a", 30)
    caught_up(one)
    snapshot(one, late)
    stream = next(iter(one.log.ends()))
    admin = KafkaAdminClient(bootstrap_servers=list(address.servers))
    admin.delete_records({address.partition(stream): 25})
    admin.close()
    with pytest.raises(
        LogTruncated, match=r"stand at offset 0, and .* keeps events from 25 on only.*env1357 restore"
    ):
        list(opened().read({}))
    restore(early, tmp_path / "two")
    with platform_on(address, tmp_path / "two") as two:
        assert not two.follower.wait_for(two.log.ends(), 3)
        assert "retention removed" in str(two.follower.failure)
    restore(late, tmp_path / "three")
    with platform_on(address, tmp_path / "three") as three:
        write(one, "b", 5)
        assert tables(three) == tables(one)


def test_a_topic_that_was_made_anew_is_told(address: Address, tmp_path: Path) -> None:
    with platform_on(address, tmp_path / "one") as one:
        write(one, "a", 10)
        caught_up(one)
    admin = KafkaAdminClient(bootstrap_servers=list(address.servers))
    admin.delete_topics([address.broker_topic("env1357.air")])
    admin.close()
    while not apply(address, THREE).created:
        pass
    with (
        pytest.raises(LogDamaged, match="the log holds no event, but"),
        platform_on(address, tmp_path / "one"),
    ):
        pass


def test_part_of_the_log_is_replayed_into_a_side_file_or_the_live_tables(gateway: Gateway, tmp_path: Path) -> None:
    one = gateway("one")
    write(one, "a", 10)
    one.log.append(drafts([section()]))
    before = tables(one)
    side = tmp_path / "side.duckdb"
    moment = (NOON + timedelta(hours=7)).isoformat()
    OPERATIONS["replay"](one, {"topic": "env1357.air", "from": moment, "into": str(side)}, silent)
    with duckdb.connect(str(side), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM base.observation").fetchall() == [(4,)]
        assert connection.execute("SELECT count(*) FROM base.section_registered").fetchall() == [(0,)]
    done: list[tuple[str, int, int]] = []
    report = OPERATIONS["replay"](one, {"topic": "env1357.air", "from_offset": 3}, lambda *told: done.append(told))
    assert (report, done[-1]) == ({"folded again": 7}, ("replay", 7, 7))
    assert tables(one) == before


def test_topics_are_made_as_wanted_and_drift_is_told_but_not_changed(broker: str, address: Address) -> None:
    assert apply(address, THREE).drift == []
    admin = KafkaAdminClient(bootstrap_servers=[broker])
    name = address.broker_topic("env1357.air")
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"retention.ms": "1000000"})])
    for _ in range(2):
        told = run("topics", "apply", "--replication", "1", "--min-insync", "1", "--log", str(address))
        assert f"differs: {name}: retention.ms is 1000000, wanted is -1" in told.stdout
        assert told.returncode == 1
    admin.close()
    assert len(apply(address, ONE).drift) == 7  # six topics have three partitions, and the retention


def test_a_log_that_is_not_there_is_told(broker: str, tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable, match=r"has no topic nowhere\.env1357\.air.*env1357 topics apply"):
        KafkaLog(Address((broker,), "nowhere"))
    refused = run("log", "stats", "--log", "kafka://nohost", data=tmp_path)
    assert "it looks like kafka://host:9092" in refused.stderr


class Registry:
    """A registry that gives ids of its own, as an external one does."""

    def __init__(self) -> None:
        self.schemas: list[str] = []
        self.asked = 0

    async def register(self, request: Request) -> JSONResponse:
        self.asked += 1
        schema = (await request.json())["schema"]
        if schema not in self.schemas:
            self.schemas.append(schema)
        return JSONResponse({"id": 1000 + self.schemas.index(schema)})

    async def schema(self, request: Request) -> JSONResponse:
        number = request.path_params["id"] - 1000
        if not 0 <= number < len(self.schemas):
            return JSONResponse({"error_code": 40403}, 404)
        return JSONResponse({"schema": self.schemas[number]})


@pytest.fixture
def external() -> Iterator[tuple[Registry, str]]:
    kept = Registry()
    routes: list[Any] = [
        Route("/subjects/{subject}/versions", kept.register, methods=["POST"]),
        Route("/schemas/ids/{id:int}", kept.schema),
    ]
    with served(Starlette(routes=routes)) as url:
        yield kept, url


def test_an_external_registrys_ids_stand_in_the_records(external: tuple[Registry, str], address: Address) -> None:
    kept, url = external
    writer = KafkaLog(address, ids=RegisteredIds(url))
    (stream,) = writer.append(drafts([observation("a"), observation("a", statement=2)]))
    writer.append(drafts([observation("a", statement=3)]))
    assert kept.asked == 1
    plain = KafkaLog(address)
    assert {batch.schema_id for batch in plain.read({})} == {1000}
    reader = KafkaLog(address, ids=RegisteredIds(url))
    entry = registry().newest("air.observation_recorded")
    assert {batch.schema_id for batch in reader.read({})} == {entry.id}
    kept.schemas[0] = json.dumps({"type": "record", "name": "Other", "fields": []})
    stranger = KafkaLog(address, ids=RegisteredIds(url))
    assert {batch.schema_id for batch in stranger.read({})}.isdisjoint(registry().entries)
    for log in (writer, plain, reader, stranger):
        log.close()
    assert stream.topic == "env1357.air"


def test_an_outage_of_the_registry_stops_and_sets_nothing_aside(address: Address) -> None:
    log = KafkaLog(address, ids=RegisteredIds("http://127.0.0.1:9"))
    with pytest.raises(LogUnavailable, match=r"registry at http://127.0.0.1:9 does not answer"):
        log.append(drafts([observation()]))
    assert dict(log.ends()) == {}
    log.close()


def test_a_stream_is_named_by_topic_and_partition() -> None:
    assert str(Stream("env1357.air", 2)) == "env1357.air/2"
