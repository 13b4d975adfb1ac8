"""Kills `serve` and every operation at any moment, and looks whether anything acknowledged was lost or doubled.

    python -m deploy.trials.kills FOLDER --kills 100

Each life of `serve` is under load by HTTP, HJ 212, commands and imports at once. The folder may be that of an
earlier trial. It ends with 1 where something is missing, twice there or unequal, or a folder does not open.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo import device as trial
from projections.database import Limits
from running.keys import issue
from running.operations import OPERATIONS
from running.platform import open_platform, silent
from running.remote import running_server
from services.air.commands import RegisterStation

SITES = ("1803A", "1807A")
DEVICES = 3
BEGINNING = datetime(2023, 1, 1, tzinfo=UTC)
OPENED_WITHIN_S = 120.0
_COLUMNS = "timepoint,stationcode,longitude,latitude,area,positionname,primarypollutant,aqi,pm10,pm10_24h,pm2_5,"
_HEADER = _COLUMNS + "pm2_5_24h,o3,o3_24h,o3_8h,o3_8h_24h,no2,no2_24h,so2,so2_24h,co,co_24h"
_MUTATION = (
    'mutation {{ registerDevice(input: {{source: "k", mn: "M{0}", siteId: "1803A", siteKind: "STATION",'
    ' password: "x1357", unitProfile: "AMBIENT"}}) {{ __typename }} }}'
)

Said = tuple[str, str]
"""A site and a moment that was acknowledged, or a device."""


@dataclass
class Trial:
    """A folder, what its platform has acknowledged, and how many kills there were by what was killed."""

    data: Path
    token: str
    chance: random.Random
    acknowledged: set[Said] = field(default_factory=set)
    kills: Counter[str] = field(default_factory=Counter)
    numbers: "count[int]" = field(default_factory=count)
    refused: set[str] = field(default_factory=set)
    port: int = 0
    hj212_port: int = 0

    def command(self, *words: str) -> list[str]:
        """A command of env1357 on the folder."""
        return [sys.executable, "-m", "env1357.main", *words, "--data", str(self.data)]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "ENV1357_PORT": str(self.port), "ENV1357_HJ212_PORT": str(self.hj212_port)}


def prepare(data: Path, seed: int) -> Trial:
    """A folder with the sites and devices that the load speaks of."""
    with open_platform(data, Limits()) as platform:
        for site in SITES:
            named: dict[str, Any] = {"name_zh": site, "name_en": site, "position_source": "trial"}
            platform.handler.handle(RegisterStation(source="trial", site_id=site, network="NATIONAL", **named))
        OPERATIONS["simulate_devices"](platform, {"count": DEVICES}, silent)
        token = issue(platform, f"trial {time.time_ns()}", "DEVICE", [], "trial")[1]
        ends = sum(platform.log.ends().values())
    return Trial(data, token, random.Random(seed), numbers=count(ends * 10))


def kill_serve(on: Trial, *, under_load: bool) -> None:
    """Start `serve`, and kill it while it starts or under load."""
    on.port, on.hj212_port = _free_port(), _free_port()
    with subprocess.Popen(
        on.command("serve"), env=on.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        if under_load:
            _expect_open(on, server)
            loads = [
                threading.Thread(target=_until_broken, args=(load, on)) for load in (*LOADS, *[_devices] * DEVICES)
            ]
            for each in loads:
                each.start()
            time.sleep(on.chance.uniform(0.5, 5))
            server.kill()
            for each in loads:
                each.join()
        else:
            time.sleep(on.chance.uniform(0.5, 6))
            server.kill()
    on.kills["serve under load" if under_load else "serve starting"] += 1


def kill_operation(on: Trial, name: str) -> None:
    """Kill a command while it works; one that was quicker is counted as done."""
    copies = on.data.parent / f"{on.data.name}-copies"
    copies.mkdir(exist_ok=True)
    target = copies / f"{name}-{next(on.numbers)}"
    words = {
        "snapshot": ["snapshot", str(target)],
        "backup": ["backup", str(target)],
        "rebuild": ["sql", "SELECT 1"],
        "archive": ["archive", "--months", "1"],
    }
    if name == "rebuild":
        for path in on.data.glob("projections*"):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    if name == "restore":
        words["restore"] = ["restore", str(_finish(on, "snapshot", target))]
    process = subprocess.Popen(
        on.command(*words.get(name, [name])),
        env=on.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            process.wait(on.chance.uniform(1, 8))
            on.kills[f"{name}, done before"] += 1
        except subprocess.TimeoutExpired:
            process.kill()
            on.kills[name] += 1
    shutil.rmtree(copies)


def _finish(on: Trial, name: str, target: Path) -> Path:
    subprocess.run(on.command(name, str(target)), env=on.environment(), check=True, capture_output=True)
    return target


def check(on: Trial) -> list[str]:
    """What is wrong: lost or doubled what was acknowledged, tables unequal to a replay, archives not well."""
    with open_platform(on.data, Limits()) as platform:
        if not platform.follower.wait_for(platform.log.ends(), 600):
            return ["the tables do not come to the log's end"]
        found = Counter[Said]()
        with platform.database.read() as snapshot:
            for site, at, rows in snapshot.connection.execute(
                "SELECT site_id, strftime(observed_at, '%Y-%m-%dT%H:%M:%S'), count(*)"
                " FROM base.observation GROUP BY ALL"
            ).fetchall():
                found[site, at] += rows
            for (mn,) in snapshot.connection.execute("SELECT mn FROM monitor.device").fetchall():
                found["device", mn] += 1
        doubtful = [said for said in on.acknowledged if found[said] != 1]
        verified = OPERATIONS["verify"](platform, {}, silent)
    wrong = [f"{said} was acknowledged and is there {found[said]} times" for said in doubtful]
    wrong += [f"{table} differs from a replay" for table in verified["unequal"]]
    wrong += [f"{bad['file']}: {bad['reason']}" for bad in verified["bad_archives"]]
    return [*wrong, *on.refused]


def _expect_open(on: Trial, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + OPENED_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        address = running_server(on.data)
        if address and address.pid == server.pid:
            on.port = urlsplit(address.url).port or 0
            return
        time.sleep(0.1)
    server.kill()
    raise SystemExit(f"the folder {on.data} did not open within {OPENED_WITHIN_S:.0f} s")


def _until_broken(load: Callable[[Trial], Iterator[set[Said]]], on: Trial) -> None:
    try:
        for said in load(on):
            on.acknowledged |= said
    except (OSError, http.client.HTTPException, ValueError):
        return
    except SystemExit as refused:
        on.refused.add(str(refused))


def _ask(on: Trial, path: str, body: bytes, kind: str) -> tuple[int, Any]:
    with closing(http.client.HTTPConnection("127.0.0.1", on.port, timeout=30)) as connection:
        connection.request("POST", path, body, {"Authorization": f"Bearer {on.token}", "Content-Type": kind})
        answer = connection.getresponse()
        content = answer.read()
    if answer.status in (400, 401, 404, 415, 422):
        raise SystemExit(f"the trial's own request to {path} is refused: {content[:300]!r}")
    return answer.status, json.loads(content)


def _observations(on: Trial) -> Iterator[set[Said]]:
    while True:
        moments = [BEGINNING + timedelta(minutes=next(on.numbers)) for _ in range(random.choice([1, 5, 50]))]
        readings = [{"factor": "PM2.5", "value": 7}]
        items = [
            {
                "site_id": "1803A",
                "period": "MINUTE",
                "observed_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                "readings": readings,
            }
            for at in moments
        ]
        status, said = _ask(on, "/api/v1/observations", json.dumps(items).encode(), "application/json")
        if status == http.HTTPStatus.OK and said["accepted"] == len(items):
            yield {("1803A", f"{at:%Y-%m-%dT%H:%M:%S}") for at in moments}


def _files(on: Trial) -> Iterator[set[Said]]:
    while True:
        moments = [
            datetime(2014, 1, 1, tzinfo=UTC) + timedelta(hours=next(on.numbers) % 70_000) for _ in range(200)
        ]
        rows = [
            f"{at + timedelta(hours=9):%Y-%m-%dT%H:%M:%S},1807A,115,29,x,y,-,50,{','.join(['10'] * 14)}"
            for at in moments
        ]
        status, said = _ask(
            on,
            f"/api/v1/files?kind=cnemc&name=f{next(on.numbers)}.csv",
            "\n".join([_HEADER, *rows]).encode(),
            "application/octet-stream",
        )
        if status == http.HTTPStatus.OK and said["accepted"] == len(rows):
            yield {("1807A", f"{at:%Y-%m-%dT%H:%M:%S}") for at in moments}


def _commands(on: Trial) -> Iterator[set[Said]]:
    while True:
        number = next(on.numbers)
        body = json.dumps({"query": _MUTATION.format(number)}).encode()
        _, said = _ask(on, "/graphql", body, "application/json")
        if "Accepted" in json.dumps(said):
            yield {("device", f"M{number}")}


def _devices(on: Trial) -> Iterator[set[Said]]:
    device, heard, chance = next(on.numbers) % DEVICES, b"", random.Random(1)
    with socket.create_connection(("127.0.0.1", on.hj212_port), timeout=30) as connection:
        while True:
            sent: dict[str, Said] = {}
            for _ in range(10):
                at = datetime(2024, 1, 1) + timedelta(seconds=next(on.numbers))  # noqa: DTZ001  as devices write
                utc = at - timedelta(hours=8)
                sent[f"{at:%Y%m%d%H%M%S}000"] = (f"SIM-{device:05}", f"{utc:%Y-%m-%dT%H:%M:%S}")
                connection.sendall(trial.realtime(trial.mn_of(device), at, chance, f"{at:%Y%m%d%H%M%S}000"))
            while sent:
                piece = connection.recv(65_536)
                if not piece:
                    return
                *lines, heard = (heard + piece).split(b"\r\n")
                numbers = [line.partition(b"QN=")[2][:17].decode() for line in lines if b"CN=9014" in line]
                yield {sent.pop(number) for number in numbers if number in sent}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


LOADS = (_observations, _files, _commands)
KILLED = ("replay", "snapshot", "restore", "backup", "verify", "rebuild", "archive")
"""Commands that are killed, between lives of `serve`."""


def run(data: Path, kills: int, seed: int) -> tuple[Trial, list[str]]:
    """So many kills, of `serve` and of every operation in turn; the trial and what is wrong after it."""
    on = prepare(data, seed)
    for number in range(kills):
        if number % 2:
            kill_operation(on, KILLED[number // 2 % len(KILLED)])
        else:
            kill_serve(on, under_load=number % 8 != 6)
    return on, check(on)


def main() -> None:
    """Run the trial that the arguments ask for and tell its counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kills", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1357)
    asked = parser.parse_args()
    on, wrong = run(asked.data, asked.kills, asked.seed)
    print(f"{sum(on.kills.values())} kills: " + ", ".join(f"{n} {what}" for what, n in sorted(on.kills.items())))
    told = Counter(site for site, _ in on.acknowledged)
    print(f"{len(on.acknowledged)} things acknowledged, {len(wrong)} wrong: {dict(sorted(told.items()))}")
    for line in wrong[:20]:
        print(f"  {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
