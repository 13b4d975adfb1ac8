"""Creates and checks the topics of a Kafka log; what differs from what is wanted is told, never changed."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError

from eventlog.kafka import Address
from eventlog.log import LogUnavailable
from schemas.contract import topics


@dataclass(frozen=True)
class Wanted:
    """How our topics are to be. Partitions can't change later: a subject's events must stay in one."""

    partitions: int = 3
    replication: int = 3
    min_insync: int = 2

    @property
    def configs(self) -> dict[str, str]:
        return {
            "cleanup.policy": "delete",
            "retention.ms": "-1",
            "retention.bytes": "-1",
            "min.insync.replicas": str(self.min_insync),
            "unclean.leader.election.enable": "false",
            "max.message.bytes": str(8 * 1024 * 1024),
            "message.timestamp.type": "CreateTime",
            "message.timestamp.before.max.ms": str(2**63 - 1),
            "message.timestamp.after.max.ms": str(2**63 - 1),
        }


@dataclass(frozen=True)
class Applied:
    """What `apply` found: the topics that it made, those that were there, and what of them differs."""

    created: Sequence[str]
    present: Sequence[str]
    drift: Sequence[str]


def apply(address: Address, wanted: Wanted, names: Sequence[str] | None = None) -> Applied:
    """Create the topics that are missing. Raises `LogUnavailable`."""
    wished = [address.broker_topic(name) for name in names or topics()]
    try:
        with closing(KafkaAdminClient(bootstrap_servers=list(address.servers))) as admin:
            present = sorted(set(admin.list_topics()) & set(wished))
            missing = [name for name in wished if name not in present]
            said = {
                "num_partitions": wanted.partitions,
                "replication_factor": wanted.replication,
                "configs": wanted.configs,
            }
            if missing:
                admin.create_topics(dict.fromkeys(missing, said), wait_for_metadata=True)
            return Applied(missing, present, [line for name in present for line in _drift(admin, name, wanted)])
    except KafkaError as error:
        raise LogUnavailable(
            f"{address}: {type(error).__name__}: {error}. Check the brokers and try again"
        ) from error


def _drift(admin: Any, name: str, wanted: Wanted) -> list[str]:
    (topic,) = admin.describe_topics([name])
    copies = {len(partition["replica_nodes"]) for partition in topic["partitions"]}
    found: list[tuple[str, str, str]] = [
        ("partitions", str(len(topic["partitions"])), str(wanted.partitions)),
        ("replication", "/".join(map(str, sorted(copies))), str(wanted.replication)),
    ]
    resource = ConfigResource(ConfigResourceType.TOPIC, name)
    configs = admin.describe_configs([resource], config_filter="all")["topic"][name]
    found += [(key, str(configs[key]["value"]), value) for key, value in wanted.configs.items()]
    return [f"{name}: {what} is {is_}, wanted is {wish}" for what, is_, wish in found if is_ != wish]
