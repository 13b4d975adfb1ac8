"""What the Kafka tests share: logs with topics of their own, platforms on them, a server for tools."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from eventlog.kafka import Address, KafkaLog
from eventlog.topics import Wanted, apply
from projections.database import Limits
from running.platform import Platform, open_platform
from tests.brokers import THREE, address_of

Opened = Callable[[], KafkaLog]
Gateway = Callable[..., Platform]


@pytest.fixture
def address(broker: str, tmp_path: Path) -> Address:
    """The address of a log of the test's own, its topics made with three partitions each."""
    return made(broker, tmp_path, THREE)


@pytest.fixture
def opened(address: Address) -> Iterator[Opened]:
    """Opens the test's log, as often as it is called."""
    with ExitStack() as stack:

        def again() -> KafkaLog:
            log = KafkaLog(address)
            stack.callback(log.close)
            return log

        yield again


@pytest.fixture
def gateway(address: Address, tmp_path: Path) -> Iterator[Gateway]:
    """Opens platforms on the test's log, each with a data folder of its own by its name."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(platform_on(address, tmp_path / name))


@contextmanager
def platform_on(address: Address, data: Path) -> Iterator[Platform]:
    with open_platform(data, Limits(threads=1), open_log=lambda _: KafkaLog(address)) as platform:
        yield platform


def made(servers: str, name: Path, wanted: Wanted) -> Address:
    address = address_of(servers, name)
    apply(address, wanted)
    return address


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An application on a free port of loopback, in a thread; yields its URL."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


def caught_up(platform: Platform, seconds: float = 60) -> Platform:
    assert platform.follower.wait_for(platform.log.ends(), seconds), platform.follower.failure
    return platform
