"""Faults of real brokers: after each, every acknowledged event is there once and the tables equal a replay's."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient

from deploy.kafka import cluster as brokers
from deploy.kafka.cluster import Cluster, Node
from eventlog.codec import drafts
from eventlog.kafka import Address, KafkaLog
from eventlog.log import LogUnavailable
from eventlog.topics import Wanted
from running.copies import restore, snapshot
from running.operations import OPERATIONS
from running.platform import Platform, silent
from tests.factories import NOON, observation
from tests.kafka.conftest import caught_up, made, platform_on
from tests.kafka.namespaces import NoNamespaces, cut_off, machines
from tests.kafka.test_platform import tables, write
from tests.lacking import skip_or_fail

pytestmark = pytest.mark.slow

DURABLE = Wanted(partitions=2, replication=3, min_insync=2)
_SOON = [
    "broker.session.timeout.ms=3000",
    "broker.heartbeat.interval.ms=500",
    "replica.lag.time.max.ms=3000",
    "replica.fetch.wait.max.ms=200",
    "controller.quorum.election.timeout.ms=1000",
    "controller.quorum.fetch.timeout.ms=2000",
    "controller.quorum.request.timeout.ms=2000",
]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three brokers, each in a network namespace of its own where that can be had, else on loopback."""
    folder = tmp_path_factory.mktemp("three")
    with ExitStack() as stack:
        try:
            made_of = stack.enter_context(machines(3))
        except NoNamespaces:
            made_of = []
        try:
            started = brokers.start(
                folder, 3, hosts=[m.address for m in made_of], inside=[m.inside for m in made_of], settings=_SOON
            )
        except brokers.BrokersUnavailable as reason:
            skip_or_fail(f"Kafka: {reason}")
        stack.callback(started.stop)
        yield started


@pytest.fixture
def log_address(three: Cluster, tmp_path: Path) -> Address:
    return made(three.servers, tmp_path, DURABLE)


class Load:
    """Appends one event after the other, each until it is acknowledged, and remembers them."""

    def __init__(self, address: Address) -> None:
        self.acknowledged: list[str] = []
        self._log, self._stopping = KafkaLog(address), threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            event = observation(f"s{number % 5}", NOON + timedelta(hours=number))
            try:
                self._log.append(drafts([event]))
            except LogUnavailable:
                continue
            self.acknowledged.append(event.fields["event_id"])
            number += 1

    def await_more(self, count: int = 20, seconds: float = 60) -> None:
        """Wait until so many more events were acknowledged."""
        wanted, deadline = len(self.acknowledged) + count, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, f"nothing more was acknowledged within {seconds} s"
            time.sleep(0.05)

    def stop(self) -> list[str]:
        self._stopping.set()
        self._thread.join(90)
        self._log.close()
        return self.acknowledged


@contextmanager
def at_work(address: Address, folder: Path) -> Iterator[tuple[Load, Platform, Platform]]:
    """A producer and two projectors; behind the body what they must have come to is checked."""
    with platform_on(address, folder / "one") as one, platform_on(address, folder / "two") as two:
        load = Load(address)
        try:
            load.await_more()
            yield load, one, two
        finally:
            acknowledged = load.stop()
        expect_all_once(one, acknowledged)
        expect_all_once(two, acknowledged)
        assert tables(one) == tables(two)


def _kept(platform: Platform) -> list[str]:
    """What is in the tables once they stand at the log's end; nothing where that can't be told at the moment."""
    try:
        caught_up(platform)
    except LogUnavailable:
        return []
    with platform.database.read() as held:
        found = held.connection.execute("SELECT CAST(event_id AS VARCHAR) FROM base.observation").fetchall()
    return [event_id for (event_id,) in found]


def expect_all_once(platform: Platform, acknowledged: list[str]) -> None:
    """All that was acknowledged is in the tables, once; behind a cut a broker may tell an old end, or none."""
    deadline = time.monotonic() + 90
    while not set(acknowledged) <= set(kept := _kept(platform)):
        assert time.monotonic() < deadline, (
            f"{len(set(acknowledged) - set(kept))} acknowledged events are not there"
        )
        time.sleep(0.5)
    assert len(set(kept)) == len(kept)
    assert OPERATIONS["verify"](platform, {}, silent)["unequal"] == []


def leader(three: Cluster, address: Address) -> Node:
    """The broker that leads the first partition of the air."""
    admin: Any = KafkaAdminClient(bootstrap_servers=list(address.servers))
    (topic,) = admin.describe_topics([address.broker_topic("env1357.air")])
    admin.close()
    number: int = next(p["leader_id"] for p in topic["partitions"] if p["partition_index"] == 0)
    return three.nodes[number - 1]


def test_a_broker_is_killed_under_load_and_brought_back(
    three: Cluster, log_address: Address, tmp_path: Path
) -> None:
    with at_work(log_address, tmp_path) as (load, _, _):
        victim = leader(three, log_address)
        three.kill(victim)
        load.await_more()
        three.start(victim)
        three.wait(victim)
        load.await_more()


def test_the_leader_is_cut_off_from_the_others(three: Cluster, log_address: Address, tmp_path: Path) -> None:
    if not three.nodes[0].inside:
        skip_or_fail("network namespaces can't be made here")
    with at_work(log_address, tmp_path) as (load, _, _):
        alone = leader(three, log_address)
        with cut_off(alone, [node for node in three.nodes if node is not alone]):
            load.await_more(seconds=90)
        load.await_more()


_PROJECTOR = """
import sys, time
from pathlib import Path
from eventlog.kafka import Address, KafkaLog
from running.platform import open_platform
from projections.database import Limits

address = Address.parse(sys.argv[2])
with open_platform(Path(sys.argv[1]), Limits(threads=1), open_log=lambda _: KafkaLog(address)) as platform:
    print("ready", flush=True)
    time.sleep(600)
"""


def test_the_projector_is_killed_at_random_points(three: Cluster, log_address: Address, tmp_path: Path) -> None:  # noqa: ARG001
    chance, load = random.Random(1357), Load(log_address)
    try:
        for _ in range(4):
            command = [sys.executable, "-c", _PROJECTOR, str(tmp_path / "killed"), str(log_address)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as projector:
                assert projector.stdout is not None
                assert projector.stdout.readline() == "ready\n"
                time.sleep(chance.uniform(0.05, 0.8))
                projector.kill()
    finally:
        acknowledged = load.stop()
    assert len(acknowledged) > 20
    with platform_on(log_address, tmp_path / "killed") as platform:
        expect_all_once(platform, acknowledged)


def test_a_consumer_is_restarted_from_an_old_snapshot(three: Cluster, log_address: Address, tmp_path: Path) -> None:  # noqa: ARG001
    with at_work(log_address, tmp_path) as (load, one, _):
        write(one, "before", 5)
        caught_up(one)
        snapshot(one, tmp_path / "old.duckdb")
        load.await_more()
    restore(tmp_path / "old.duckdb", tmp_path / "two")
    with platform_on(log_address, tmp_path / "two") as two:
        expect_all_once(two, load.acknowledged)
