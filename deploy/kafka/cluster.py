"""Formats KRaft storage and starts one Kafka broker or a cluster of them, waits for them, and stops them.

Every node is broker and controller. Nodes listen on loopback, or each on an address of its own where one is
given; they are stopped by their own process ids.
"""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

POM = Path(__file__).parent / "pom.xml"
CACHE = Path(__file__).parents[2] / ".cache" / "kafka"

_START_S = 60.0
_STOP_S = 20.0


class BrokersUnavailable(Exception):
    """Brokers can't be had or started on this machine; the text says why."""


def jars(cache: Path = CACHE) -> Path:
    """The folder of Kafka's jars, resolved by Maven at the first call. Raises `BrokersUnavailable`."""
    folder = cache / "jars"
    stamp = folder / "pom.xml"
    if stamp.exists() and stamp.read_bytes() == POM.read_bytes():
        return folder
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise BrokersUnavailable(f"`{program}` is not here: install Java 17 and Maven to start Kafka brokers")
    fresh = cache / f"jars.{os.getpid()}"
    command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    done = subprocess.run([*command, f"-DoutputDirectory={fresh}"], capture_output=True, text=True)
    if done.returncode:
        raise BrokersUnavailable(f"Maven could not bring Kafka's jars: {done.stdout[-2000:]}")
    shutil.copy(POM, fresh / "pom.xml")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder


@dataclass
class Node:
    """One broker: where it listens, its folder, and its process where it runs."""

    number: int
    host: str
    port: int
    controller_port: int
    folder: Path
    inside: Sequence[str] = ()
    """Command words that a program is started by, `ip netns exec NAME` say."""
    pid: int | None = None

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def properties(self) -> Path:
        return self.folder / "server.properties"


@dataclass
class Cluster:
    """Brokers that belong together."""

    folder: Path
    nodes: list[Node] = field(default_factory=list)

    @property
    def servers(self) -> str:
        """The addresses, as `kafka://` takes them."""
        return ",".join(node.address for node in self.nodes)

    def start(self, node: Node) -> None:
        """Start one node; `wait` waits until it answers."""
        out = (node.folder / "out.log").open("ab")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("KAFKA_")}
        with out:
            process = subprocess.Popen(
                [*node.inside, *_java("-Xms128m", "-Xmx384m"), "kafka.Kafka", str(node.properties)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, start_new_session=True,
            )  # fmt: skip
        node.pid = process.pid
        _PROCESSES[process.pid] = process
        self._note()

    def wait(self, *nodes: Node) -> None:
        """Wait until the nodes (all where none is named) take connections. Raises `BrokersUnavailable`."""
        deadline = time.monotonic() + _START_S
        for node in nodes or self.nodes:
            while not _answers(node):
                if time.monotonic() > deadline or not _alive(node.pid):
                    said = (node.folder / "out.log").read_text(errors="replace")[-3000:]
                    raise BrokersUnavailable(f"broker {node.number} at {node.address} did not start:\n{said}")
                time.sleep(0.1)

    def kill(self, node: Node) -> None:
        """End a node as a power cut would."""
        _end(node, signal.SIGKILL)
        self._note()

    def stop(self) -> None:
        """Stop every node that runs, in order where it heeds that within its time."""
        for node in self.nodes:
            if node.pid is not None and _alive(node.pid):
                os.kill(node.pid, signal.SIGTERM)
        for node in self.nodes:
            _end(node, signal.SIGTERM)
        self._note()

    def _note(self) -> None:
        found = [{"pid": n.pid, "host": n.host, "port": n.port, "folder": str(n.folder)} for n in self.nodes]
        (self.folder / "cluster.json").write_text(json.dumps(found, indent=1))


def start(
    folder: Path,
    count: int = 1,
    ports: Sequence[int] = (),
    hosts: Sequence[str] = (),
    inside: Sequence[Sequence[str]] = (),
    settings: Sequence[str] = (),
) -> Cluster:
    """Format and start so many brokers, and wait until they answer.

    `ports` are the brokers' (free ones where silent), `hosts` their addresses, `inside` the words that each is
    started by, `settings` lines of server.properties beside ours.
    """
    jars()
    folder.mkdir(parents=True, exist_ok=True)
    free = _free_ports(2 * count)
    nodes = [
        Node(
            number + 1,
            hosts[number] if hosts else "127.0.0.1",
            ports[number] if ports else free[number],
            free[count + number],
            folder / f"node-{number + 1}",
            inside[number] if inside else (),
        )
        for number in range(count)
    ]
    cluster = Cluster(folder, nodes)
    _format(nodes, settings)
    try:
        for node in nodes:
            cluster.start(node)
        cluster.wait()
    except BaseException:
        cluster.stop()
        raise
    return cluster


def stop(folder: Path) -> int:
    """Stop the brokers that were started in a folder by another process; how many there were."""
    stopped = 0
    for said in json.loads((folder / "cluster.json").read_text()):
        node = Node(0, said["host"], said["port"], 0, Path(said["folder"]), pid=said["pid"])
        if node.pid is not None and _is_ours(node):
            _end(node, signal.SIGTERM)
            stopped += 1
    return stopped


def _format(nodes: Sequence[Node], settings: Sequence[str]) -> None:
    voters = ",".join(f"{node.number}@{node.host}:{node.controller_port}" for node in nodes)
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    waiting = []
    for node in nodes:
        node.folder.mkdir(parents=True, exist_ok=True)
        node.properties.write_text("\n".join([*_properties(node, voters, len(nodes)), *settings, ""]))
        if (node.folder / "data" / "meta.properties").exists():
            continue
        command = [*_java(), "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(node.properties)]
        waiting.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
    for process in waiting:
        said, _ = process.communicate(timeout=_START_S)
        if process.returncode:
            raise BrokersUnavailable(f"the brokers' storage could not be formatted:\n{said[-3000:]}")


def _properties(node: Node, voters: str, count: int) -> list[str]:
    copies = min(count, 3)
    return [
        "process.roles=broker,controller",
        f"node.id={node.number}",
        f"controller.quorum.voters={voters}",
        f"listeners=PLAINTEXT://{node.address},CONTROLLER://{node.host}:{node.controller_port}",
        f"advertised.listeners=PLAINTEXT://{node.address}",
        "controller.listener.names=CONTROLLER",
        f"log.dirs={node.folder / 'data'}",
        "auto.create.topics.enable=false",
        f"default.replication.factor={copies}",
        f"min.insync.replicas={max(copies - 1, 1)}",
        f"offsets.topic.replication.factor={copies}",
        "offsets.topic.num.partitions=4",
        f"transaction.state.log.replication.factor={copies}",
        f"transaction.state.log.min.isr={max(copies - 1, 1)}",
        "transaction.state.log.num.partitions=4",
        "log.retention.ms=-1",
        "group.initial.rebalance.delay.ms=0",
    ]


def _java(*options: str) -> list[str]:
    log4j = f"-Dlog4j2.configurationFile={POM.parent / 'log4j2.yaml'}"
    return ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *options, log4j, "-cp", f"{jars()}/*"]


_PROCESSES: dict[int, "subprocess.Popen[bytes]"] = {}


def _alive(pid: int | None) -> bool:
    if pid is None:
        return False
    if pid in _PROCESSES:
        return _PROCESSES[pid].poll() is None
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _is_ours(node: Node) -> bool:
    """Whether the process that has the noted id is still the broker of this folder, and not a later one."""
    try:
        return str(node.properties).encode() in Path(f"/proc/{node.pid}/cmdline").read_bytes()
    except OSError:
        return False


def _end(node: Node, how: signal.Signals) -> None:
    pid, deadline = node.pid, time.monotonic() + _STOP_S
    if pid is None:
        return
    if _alive(pid):
        os.kill(pid, how)
    while _alive(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    node.pid = None


def _answers(node: Node) -> bool:
    try:
        with socket.create_connection((node.host, node.port), timeout=1):
            return True
    except OSError:
        return False


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()
