"""Killed under load: every frame that was answered is in the tables after a restart, once."""

import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from demo import device as trial
from projections.database import Limits
from running.operations import OPERATIONS
from running.platform import open_platform, silent

DEVICES = 6
FIRST = datetime(2026, 1, 1)  # noqa: DTZ001  local, as devices write


@contextmanager
def listening(data: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "env1357.main", "hj212", "listen", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = re.search(r"127\.0\.0\.1:(\d+)", process.stderr.readline())
        assert said
        yield process, int(said[1])


def load(port: int, number: int, first: int, answered: set[tuple[int, str]], chance: random.Random) -> None:
    """Send frames of one device, a few at once, until the connection breaks; note those that were answered."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            heard, turn = b"", first
            while True:
                for _ in range(chance.randint(1, 30)):
                    at, turn = FIRST + timedelta(seconds=turn), turn + 1
                    frame = trial.realtime(trial.mn_of(number), at, chance, f"{at:%Y%m%d%H%M%S}000")
                    connection.sendall(frame)
                piece = connection.recv(65_536)
                if not piece:
                    return
                *lines, heard = (heard + piece).split(b"\r\n")
                answered.update((number, line.partition(b"QN=")[2][:14].decode()) for line in lines)
    except OSError:
        return


@pytest.mark.slow
def test_what_was_answered_is_there_after_a_kill(data: Path) -> None:
    with open_platform(data, Limits(threads=1)) as platform:
        OPERATIONS["simulate_devices"](platform, {"count": DEVICES}, silent)
    answered, chance = set[tuple[int, str]](), random.Random(9)
    for life in range(3):
        with listening(data) as (process, port):
            loads = [
                threading.Thread(target=load, args=(port, n, life * 100_000, answered, random.Random(n)))
                for n in range(DEVICES)
            ]
            for each in loads:
                each.start()
            time.sleep(chance.uniform(0.5, 1.5))
            process.send_signal(signal.SIGKILL)
            for each in loads:
                each.join()
    assert len(answered) > 200
    with open_platform(data, Limits(threads=1)) as platform:
        assert platform.follower.wait_for(platform.log.ends(), 60)
        with platform.database.read() as snapshot:
            rows = snapshot.connection.execute(
                "SELECT CAST(site_id[5:] AS INTEGER), strftime(observed_at + INTERVAL 8 HOURS, '%Y%m%d%H%M%S'),"
                " count(*) FROM base.observation GROUP BY ALL"
            ).fetchall()
    assert {count for *_, count in rows} == {1}
    assert answered - {(number, at) for number, at, _ in rows} == set()
