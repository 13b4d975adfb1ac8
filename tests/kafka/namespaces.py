"""Machines of their own for brokers: network namespaces on a bridge, between which packets can be stopped."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.kafka.cluster import Node

_MARK = "e1357"
_BRIDGE, _NET = f"{_MARK}-{os.getpid()}", f"10.213.{57 + os.getpid() % 150}"


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
    _sweep()
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


def _sweep() -> None:
    """Remove what a killed process left behind."""
    for words, name_at in (("netns list", 0), ("-o link show type bridge", 1)):
        for line in _ip(*words.split()).splitlines():
            name = line.split()[name_at].rstrip(":")
            mark, _, rest = name.partition("-")
            pid = rest.partition("-")[0]
            if mark == _MARK and pid.isdecimal() and not Path(f"/proc/{pid}").exists():
                _ip(*("netns" if name_at == 0 else "link", "del", name))


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode:
        raise NoNamespaces(f"`ip {' '.join(words)}`: {done.stderr.strip()}")
    return done.stdout
