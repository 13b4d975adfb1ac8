"""From the POST of an observation to its appearance through the subscription, on a server of the demo."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

POSTS = 300
_RECORD = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
_SUBSCRIBE = 'subscription { airHoursMoved(siteIds: ["1803A"]) { observedAt pm25UgM3 } }'
_FIRST = datetime(2023, 1, 1, tzinfo=UTC)


def run() -> list[float]:
    """Seconds from each POST to the message, sorted."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as url:
        return sorted(asyncio.run(_measure(url)))


def report(seconds: list[float]) -> None:
    median, p99 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    text = f"POST to subscription, {len(seconds)} posts: median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    print(f"{text}  (to reach: p99 below 250 ms)", flush=True)


async def _measure(url: str) -> list[float]:
    address = url.replace("http", "ws") + "/graphql"
    found = []
    async with (
        connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket,
        httpx2.AsyncClient(base_url=url) as client,
    ):
        await _subscribe(socket)
        for number in range(POSTS):
            started = time.perf_counter()
            answer = await client.post("/graphql", json={"query": _RECORD, "variables": {"input": [_said(number)]}})
            if answer.json()["data"]["recordObservations"]["accepted"] != 1:
                raise SystemExit(answer.text)
            message = json.loads(await asyncio.wait_for(socket.recv(), 10))
            found.append(time.perf_counter() - started)
            (hour,) = message["payload"]["data"]["airHoursMoved"]
            if hour["pm25UgM3"] != number % 100:
                raise SystemExit(f"another hour came: {hour}")
    return found


async def _subscribe(socket: ClientConnection) -> None:
    await socket.send(json.dumps({"type": "connection_init"}))
    await socket.recv()
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": _SUBSCRIBE}}))
    await asyncio.sleep(0.5)


def _said(number: int) -> dict[str, object]:
    six = {"SO2": 10, "NO2": 40, "CO": 0.8, "O3": 60, "PM10": 80, "PM2.5": number % 100}
    return {
        "siteId": "1803A",
        "period": "HOUR",
        "observedAt": (_FIRST + timedelta(hours=number)).isoformat(),
        "readings": [{"factor": factor, "value": value} for factor, value in six.items()],
        "source": "benchmark",
    }


@contextmanager
def _server(data: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "env1357.main", "serve", "--demo", "--data", str(data), "--port", "0"]
    environment = {**os.environ, "COLUMNS": "200"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        if server.stderr is None:
            raise SystemExit("the server has no standard error")
        said = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
        if not said:
            raise SystemExit(server.stderr.read())
        try:
            _wait_for(said[0])
            yield said[0]
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            httpx2.get(f"{url}/healthz")
            return
        except httpx2.ConnectError:
            time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")
