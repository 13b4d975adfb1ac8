"""Machines of their own for brokers: network namespaces on a bridge, between which packets can be stopped."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from deploy.kafka.cluster import Node

_BRIDGE, _NET = "env1357", "10.213.57"


class NoNamespaces(Exception):
    """This machine or user can't make network namespaces."""


@dataclass(frozen=True)
class Machine:
    """A namespace, reachable from the tests and from the other machines by its address."""

    name: str
    address: str

    @property
    def inside(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name)


@contextmanager
def machines(count: int) -> Iterator[list[Machine]]:
    """So many machines. Raises `NoNamespaces`."""
    if shutil.which("ip") is None:
        raise NoNamespaces("`ip` is not here")
    with ExitStack() as stack:
        _ip("link", "add", _BRIDGE, "type", "bridge")
        stack.callback(_ip, "link", "del", _BRIDGE)
        _ip("addr", "add", f"{_NET}.1/24", "dev", _BRIDGE)
        _ip("link", "set", _BRIDGE, "up")
        made = [Machine(f"{_BRIDGE}-{number}", f"{_NET}.{10 + number}") for number in range(1, count + 1)]
        for machine in made:
            _ip("netns", "add", machine.name)
            stack.callback(_ip, "netns", "del", machine.name)
            _ip("link", "add", machine.name, "type", "veth", "peer", "name", "eth0", "netns", machine.name)
            _ip("link", "set", machine.name, "master", _BRIDGE, "up")
            for said in (["addr", "add", f"{machine.address}/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
                _ip("-n", machine.name, *said)
            _ip("-n", machine.name, "link", "set", "lo", "up")
        yield made


@contextmanager
def cut_off(node: Node, others: list[Node]) -> Iterator[None]:
    """No packet passes between a broker and the others; the tests still reach it."""
    name = node.inside[-1]
    for other in others:
        _ip("-n", name, "route", "add", "blackhole", f"{other.host}/32")
    try:
        yield
    finally:
        for other in others:
            _ip("-n", name, "route", "del", "blackhole", f"{other.host}/32")


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode:
        raise NoNamespaces(f"`ip {' '.join(words)}`: {done.stderr.strip()}")
