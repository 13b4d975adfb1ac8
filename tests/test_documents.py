"""What the documents tell a reader to type is carried out, or has a reason here why it is not."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import typer.main

from env1357.main import app
from tests.conftest import DISTRICT, ROOT
from tests.hj212.devices import REALTIME, said
from tests.waiting import eventually

DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]
NOT_CARRIED_OUT = {
    r"git clone <": "it gets the project that this test stands in",
    r"make ": "it sets the project up, or runs the tests and benchmarks themselves",
    r"(?:env1357|\.venv/bin/env1357) serve": "the server runs beside this test",
    r"env1357 (?:import|topics apply)$": "a command is named here, not typed",
    r"env1357 hj212 listen$": "it runs until it is stopped; `serve` listens",
    r"env1357 mqtt|ENV1357_MQTT": "it needs a broker: tests/ingest/test_mqtt.py has one",
    r"python -m deploy\.kafka|kcat|.*kafka://": "it needs brokers: tests/kafka has some",
    r"python -m deploy\.bench": "a benchmark",
    r"python -m schemas\.registry": "it changes the project's own files: tests/contract/test_registry.py",
    r"python -m schemas\.diagrams": "it changes the project's own files: tests/services/test_lives.py",
    r"python -m env1357\.sdl": "it changes the project's own files: tests/gateway/test_sdl.py",
    r"python -m projections\.described": "it changes the project's own files: tests/projections/test_described.py",
    r"python -m deploy\.measure": "tests/command/test_measure.py carries it out",
    r"python -m tests\.released": "it changes the project's own files: test_logs_of_released_versions.py",
    r"env1357 import --as uci-beijing": "a measurement with data that stand beside the project",
    r"env1357 import passes\.csv": "the file is the reader's own",
    r".*<[^>|]+>": "the reader puts something in",
}
INLINE = re.compile(r"`((?:env1357 [a-z]|python -m )[^`]*)`")


def blocks(path: Path) -> list[str]:
    """The commands of a document in their order: each of its shell blocks, then what its sentences name."""
    text = path.read_text(encoding="utf-8")
    found: list[str] = []
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        pending = ""
        for line in block.splitlines():
            pending = f"{pending}\n{line}" if pending else line
            if pending.strip() and is_whole(pending):
                found.append(pending)
                pending = ""
        assert not pending, f"{path.name}: this does not end: {pending}"
    outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [*found, *dict.fromkeys(each for each in INLINE.findall(outside) if "*" not in each.partition(" --")[0])]


def is_whole(text: str) -> bool:
    with suppress(ValueError):
        return not text.endswith("\\") and shlex.split(text, comments=True) is not None
    return False


def reason(command: str) -> str | None:
    return next((why for start, why in NOT_CARRIED_OUT.items() if re.match(start, command)), None)


COMMANDS = [(path, command) for path in DOCUMENTS for command in blocks(path)]


@dataclass
class Reader:
    """A reader at a shell, in a folder with what the documents speak of, beside a server of the demo."""

    folder: Path
    url: str
    environment: dict[str, str]

    def types(self, command: str) -> subprocess.CompletedProcess[str]:
        typed = command.replace("http://127.0.0.1:8357", self.url).replace("/backup/", f"{self.folder}/backup/")
        typed = typed.replace("--seconds 60", "--seconds 1").replace("1a2b3c4d5e6f7a8b", self.environment["KEY_ID"])
        return subprocess.run(
            ["bash", "-euc", typed.replace("curl ", "curl --silent --show-error --fail-with-body ")],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=200,
        )  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder, data = tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("demo")
    for made in ("bin", "backup", ".venv/bin", "deploy/districts"):
        (folder / made).mkdir(parents=True)
    for place in ("bin/env1357", ".venv/bin/env1357"):
        (folder / place).write_text(f'#!/bin/sh\nexec {sys.executable} -m env1357.main "$@"\n')
        (folder / place).chmod(0o755)
    shutil.copy(DISTRICT / "demo" / "jiujiang_2022-01-03_04.csv", folder / "your.csv")
    (folder / "frames.txt").write_bytes(said(REALTIME))
    (folder / "data").symlink_to(data)
    (folder / "deploy/districts/xunyang").symlink_to(DISTRICT)
    environment = {
        **os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "COLUMNS": "200",
        "ENV1357_DATA": str(data), "ENV1357_PORT": "0", "ENV1357_HJ212_PORT": "0", "KEY_ID": "",
    }  # fmt: skip
    command = [sys.executable, "-m", "env1357.main", "serve", "--demo"]
    with subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        told = ""
        while "HJ 212 devices at" not in told:
            told += server.stderr.readline()
        url = re.findall(r"http://127\.0\.0\.1:\d+", told)[0]
        environment["ENV1357_HJ212_PORT"] = re.findall(r"devices at 127\.0\.0\.1:(\d+)", told)[0]
        eventually(lambda: _answers(url), 60)
        present = Reader(folder, url, environment)
        environment["TOKEN"] = present.types("env1357 token issue reader").stdout.strip()
        lost = present.types("env1357 token issue lost")
        environment["KEY_ID"] = re.findall(r"key (\w+)", lost.stderr)[0]
        yield present
        server.terminate()
        server.stderr.read()


def _answers(url: str) -> bool:
    with suppress(httpx2.HTTPError):
        return httpx2.get(f"{url}/readyz").status_code == 200
    return False


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_says_can_be_typed(path: Path, reader: Reader) -> None:
    shutil.rmtree(reader.folder / "backup")  # each document is typed by a reader of its own
    (reader.folder / "backup").mkdir()
    for command in blocks(path):
        if reason(command) is None:
            done = reader.types(command)
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            assert "Traceback" not in done.stderr, command


@pytest.mark.parametrize("start", NOT_CARRIED_OUT)
def test_what_is_not_carried_out_is_still_in_a_document(start: str) -> None:
    assert any(re.match(start, command) for _, command in COMMANDS)


OURS = [
    command
    for _, command in COMMANDS
    if re.match(r"(?:\S+=\S+ |ENV\S+=\".*?\" )*(?:\.venv/bin/)?env1357 ", command)
]


@pytest.mark.parametrize("command", OURS, ids=lambda command: command[:60])
def test_a_command_and_its_options_are_there(command: str) -> None:
    words = shlex.split(command, comments=True)
    words = words[next(n for n, word in enumerate(words) if word.endswith("env1357")) + 1 :]
    group = typer.main.get_command(app)
    while words and hasattr(group, "commands"):
        assert words[0] in group.commands, f"{command}: there is no {words[0]}"
        group = group.commands[words.pop(0)]
    known = {option for parameter in group.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= known


def test_most_commands_are_carried_out() -> None:
    assert sum(reason(command) is None for _, command in COMMANDS) > 20
    assert len(OURS) > 30
