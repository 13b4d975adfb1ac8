"""Real Kafka brokers for tests: those that `ENV1357_TEST_KAFKA` names, or one of our own on loopback."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.kafka import cluster
from eventlog import topics as kafka_topics
from eventlog.kafka import Address, KafkaLog
from tests.lacking import skip_or_fail

ONE = kafka_topics.Wanted(partitions=1, replication=1, min_insync=1)
THREE = kafka_topics.Wanted(partitions=3, replication=1, min_insync=1)

_GIVEN = os.environ.pop("ENV1357_TEST_KAFKA", None)  # it is the tests', no setting of the platform's


def broker_or_skip(factory: pytest.TempPathFactory) -> str:
    """The address of a broker that this process's tests share. Where none can be had, the test is skipped."""
    if _GIVEN:
        return _GIVEN
    if not _STARTED:
        try:
            _STARTED.append(cluster.start(factory.mktemp("kafka")))
        except cluster.BrokersUnavailable as reason:
            skip_or_fail(f"Kafka: {reason}")
    return _STARTED[0].servers


def stop_broker() -> None:
    """Stop the shared broker, where one was started."""
    while _STARTED:
        _STARTED.pop().stop()


def kafka_log(
    servers: str, name: str, wanted: kafka_topics.Wanted = ONE, names: Sequence[str] | None = None
) -> KafkaLog:
    """A log whose topics are its own, by `name`; the same for the same name."""
    address = address_of(servers, name)
    kafka_topics.apply(address, wanted, names)
    return KafkaLog(address, names)


def address_of(servers: str, name: str | Path) -> Address:
    return Address(tuple(servers.split(",")), f"t{hashlib.sha256(str(name).encode()).hexdigest()[:12]}")


_STARTED: list[cluster.Cluster] = []
