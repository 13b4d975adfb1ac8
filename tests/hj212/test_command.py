"""`env1357 hj212` as a user runs it: listening, sending, and a port that is taken."""

import json
import random
import signal
import socket
import time
from pathlib import Path

import httpx2
import pytest

from demo import device as trial
from projections.database import Limits
from running.operations import OPERATIONS
from running.platform import open_platform, silent
from tests.command.test_command import run, serving
from tests.hj212.test_killed import FIRST, listening


@pytest.mark.slow
def test_a_file_of_frames_is_sent_answered_and_found(data: Path, tmp_path: Path) -> None:
    with open_platform(data, Limits(threads=1)) as platform:
        OPERATIONS["simulate_devices"](platform, {"count": 1}, silent)
    frame = trial.realtime(trial.mn_of(0), FIRST, random.Random(1), "20260101000000001")
    (tmp_path / "frames.txt").write_bytes(frame + b"noise\n" + frame)
    with listening(data) as (process, port):
        told = run("hj212", "send", str(tmp_path / "frames.txt"), "--port", str(port))
        assert told.stdout.startswith("2 frames sent\n  2 answered by 9014\n"), told.stderr
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        assert "bytes DATA" in process.stderr.read()
        assert process.wait(30) == 0
    found = run(
        "sql", "SELECT source, count(*) AS n FROM base.observation GROUP BY 1", "--format", "json", data=data
    )
    assert json.loads(found.stdout) == [{"source": "simulator", "n": 1}]


@pytest.mark.slow
def test_a_taken_port_stops_the_listener_and_not_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = run("hj212", "listen", "--port", port, data=tmp_path / "a")
        assert refused.returncode == 1
        assert "Set ENV1357_HJ212_PORT to another" in refused.stderr
        monkeypatch.setenv("ENV1357_HJ212_PORT", port)
        with serving(tmp_path / "b") as url:
            assert _healthy(url)
    nobody = run("hj212", "send", "--simulate", "1", "--port", "1", data=tmp_path / "a")
    assert "Start `env1357 serve`" in nobody.stderr


def _healthy(url: str) -> bool:
    for _ in range(200):
        try:
            return httpx2.get(f"{url}/healthz").is_success
        except httpx2.ConnectError:
            time.sleep(0.05)
    return False
