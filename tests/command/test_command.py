"""The command as a user runs it, in processes of its own."""

import csv
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import duckdb
import httpx2
import pytest

from env1357 import main
from env1357 import serving as serving_module
from running.sizes import size_of
from schemas.ids import registry
from tests.conftest import DISTRICT, REFERENCES

DEMO = DISTRICT / "demo" / "jiujiang_2022-01-03_04.csv"


def run(*arguments: str, data: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `env1357` to its end; colours and widths are those of a pipe."""
    flags = ["--data", str(data)] if data else []
    return subprocess.run(
        [sys.executable, "-m", "env1357.main", *arguments, *flags],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "COLUMNS": "200", **environment},
    )


@contextmanager
def serving(data: Path, *flags: str, **environment: str) -> Iterator[str]:
    """A server on a free port; yields its address and stops it as a service manager would."""
    command = [sys.executable, "-m", "env1357.main", "serve", "--data", str(data), "--port", "0", *flags]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200", **environment}
    ) as server:
        assert server.stderr is not None
        said = re.search(r"https?://127\.0\.0\.1:\d+", server.stderr.readline())
        assert said, server.stderr.read()
        for _ in range(100):
            if (data / "serve.json").exists():
                break
            time.sleep(0.05)
        yield said[0]
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    assert not (data / "serve.json").exists()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A server of the demo: its data folder and its address."""
    data = tmp_path_factory.mktemp("served")
    with serving(data, "--demo") as url:
        for _ in range(200):
            try:
                httpx2.get(f"{url}/healthz")
                break
            except httpx2.ConnectError:
                time.sleep(0.05)
        yield data, url


@pytest.mark.slow
def test_a_server_answers_for_its_data_folder(demo: tuple[Path, str]) -> None:
    data, url = demo
    answer = httpx2.post(
        f"{url}/graphql", json={"query": "{ airNow { nodes { siteId } } indicators { nodes { number } } }"}
    ).json()
    assert len(answer["data"]["indicators"]["nodes"]) == 25
    assert {"siteId": "1803A"} in answer["data"]["airNow"]["nodes"]
    assert httpx2.get(f"{url}/readyz").status_code == 200
    assert (data / "serve.json").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_sql_works_while_the_server_runs_in_every_format(demo: tuple[Path, str]) -> None:
    query = "SELECT site_id, aqi FROM air.hourly WHERE site_id = '1803A' ORDER BY observed_at LIMIT 2"
    found = [{"site_id": "1803A", "aqi": 118}, {"site_id": "1803A", "aqi": 127}]
    assert json.loads(run("sql", query, "--format", "json", data=demo[0]).stdout) == found
    rows = list(csv.DictReader(io.StringIO(run("sql", query, "--format", "csv", data=demo[0]).stdout)))
    assert [int(row["aqi"]) for row in rows] == [row["aqi"] for row in found]
    assert "1803A" in run("sql", query, data=demo[0]).stdout


@pytest.mark.slow
def test_sql_only_reads(demo: tuple[Path, str]) -> None:
    for query in ("DELETE FROM air.hourly", "SELECT 1; SELECT 2", "COPY base.site TO '/tmp/x.csv'", "nonsense"):
        refused = run("sql", query, data=demo[0])
        assert refused.returncode == 1
        assert refused.stderr.startswith("env1357: query:")
        assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_second_server_on_the_same_folder_is_told_who_has_it(demo: tuple[Path, str]) -> None:
    second = run("serve", data=demo[0])
    assert second.returncode == 1
    assert re.fullmatch(r"env1357: .* is in use by process \d+\. Stop that one, .*--data\n", second.stderr)


@pytest.mark.slow
def test_operations_are_carried_out_by_the_running_server(demo: tuple[Path, str]) -> None:
    data, _ = demo
    assert f"0 recorded, {REFERENCES} there already, 0 refused" in run("load", str(DISTRICT), data=data).stdout
    again = run("import", str(DEMO), data=data)
    assert "338 rows of 1 files: 0 accepted (0 of them restatements), 338 there already, 0 refused" in again.stdout
    assert "rebuilt" in run("replay", data=data).stdout
    assert "air.hourly" in run("replay", "--only", "air", data=data).stdout
    verified = run("verify", data=data)
    assert verified.stdout.endswith("all equal\n")
    head = verified.stdout.splitlines()[1]
    assert run("verify", "--head", head, data=data).returncode == 0
    rewritten = run("verify", "--head", "1:" + "0" * 64, data=data)
    assert (rewritten.returncode, "rewritten or cut short" in rewritten.stderr) == (1, True)


@pytest.mark.slow
def test_the_log_can_be_looked_at_while_it_is_written(demo: tuple[Path, str]) -> None:
    stats = json.loads(run("log", "stats", "--format", "json", data=demo[0]).stdout)
    assert {row["event"]: row["events"] for row in stats}["air.station_registered"] == 14
    lines = run("log", "tail", "-n", "2", "--topic", "env1357.risk", data=demo[0]).stdout.splitlines()
    assert [json.loads(line)["offset"] for line in lines] == [4, 5]


@pytest.mark.slow
def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = run("serve", "--port", port, data=tmp_path)
    assert refused.returncode == 1
    assert f"127.0.0.1:{port}: Address already in use. Name another with --port" in refused.stderr


@pytest.mark.slow
def test_without_a_server_commands_open_the_folder_themselves(tmp_path: Path) -> None:
    assert f"{REFERENCES} recorded" in run("load", str(DISTRICT), data=tmp_path).stdout
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    imported = run("import", str(DEMO), str(bad), data=tmp_path)
    assert "338 accepted" in imported.stdout
    assert "1 × columns_missing" in imported.stdout
    assert "refused: bad.csv: file: there is no column" in imported.stderr
    answer = run("sql", "SELECT count(*) AS n FROM ops.quarantine", "--format", "json", data=tmp_path)
    assert json.loads(answer.stdout) == [{"n": 1}]
    side = run("replay", "--until", "2000-01-01T00:00:00", data=tmp_path)
    assert "until-20000101T000000.duckdb" in side.stdout
    side = run("replay", "--occurred-until", "2022-01-04T00:00:00+08:00", data=tmp_path)
    assert "/occurred-until-20220103T160000.duckdb" in side.stdout
    refused = run("replay", "--occurred-until", "yesterday", data=tmp_path)
    assert refused.returncode == 1
    assert "--occurred-until: 'yesterday' is no time" in refused.stderr


def test_an_import_that_takes_nothing_says_why_and_ends_otherwise(tmp_path: Path) -> None:
    strange = tmp_path / "hours.csv"
    header = "timepoint,stationcode,positionname,pm2_5,pm10,so2,no2,co,o3_24h\n"
    strange.write_text(header + "2022-01-03T13:00:00,9999Z,x,40,80,10,40,0.8,60\n")
    nothing = run("import", str(strange), data=tmp_path / "data")
    assert nothing.returncode == 3
    assert "--register" in nothing.stderr
    taken = run("import", str(strange), "--register", data=tmp_path / "data")
    assert (taken.returncode, "rows: 1 taken" in taken.stdout) == (0, True)


@pytest.mark.slow
def test_a_server_that_was_killed_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "env1357.main", "serve", "--data", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        server.stderr.readline()
        server.kill()
    assert f"{REFERENCES} recorded" in run("load", str(DISTRICT), data=tmp_path).stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sreve"], "No such command"),
        (["serve", "--prot", "1"], "No such option"),
        (["serve", "--port", "70000"], "a port is a number from 0 to 65535"),
        (["serve", "--host", "0.0.0.0"], "reachable from other machines"),
        (["import", "nowhere.csv"], "does not exist"),
        (["import", str(DEMO), "--as", "weather"], "there is no profile 'weather'"),
        (["load", "/nowhere"], "has no district.yaml"),
        (["log", "stats"], "holds no log"),
        (["verify", "--head", "abc"], "is no head"),
    ],
)
def test_what_a_user_gets_wrong_is_told_in_a_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    refused = run(*arguments, data=tmp_path / "data")
    assert refused.returncode in (1, 2)
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_setting_that_is_none_is_told() -> None:
    assert "ENV1357_PROT: no such setting" in run("settings", ENV1357_PROT="1").stderr
    assert "ENV1357_PORT is 'x', which is no int" in run("settings", ENV1357_PORT="x").stderr
    assert "8400" in run("settings", "--format", "csv", ENV1357_PORT="8400").stdout


@pytest.mark.slow
def test_a_sound_command_says_nothing_on_standard_error() -> None:
    done = run("settings")
    assert (done.returncode, done.stderr) == (0, "")
    assert "ENV1357_DATA" in done.stdout


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"env1357 {version('env1357')}\n"


@pytest.mark.parametrize(
    "failure", [duckdb.IOException("No space\nleft"), sqlite3.OperationalError("disk is full")]
)
def test_a_disk_that_fails_is_told_in_a_line(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise failure

    monkeypatch.setattr(main, "app", fails)
    monkeypatch.setattr(main, "_collect_garbage_seldom", lambda: None)
    with pytest.raises(SystemExit, match="1"):
        main.main()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "`env1357 doctor` says what room" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_address_can_be_asked(host: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listening:
        listening.bind((host, 0))
        asked = httpx2.URL(serving_module.url_of(listening))
        assert (asked.host, asked.port) == listening.getsockname()[:2]


def test_a_file_s_size_counts_what_it_leads_to_and_what_is_still_beside_it(tmp_path: Path) -> None:
    (tmp_path / "tables.1").write_bytes(b"x" * 1000)
    (tmp_path / "tables.1.wal").write_bytes(b"x" * 100)
    (tmp_path / "tables.1-wal").write_bytes(b"x" * 10)
    (tmp_path / "tables").symlink_to("tables.1")
    assert size_of(tmp_path / "tables") == 1110
    assert size_of(tmp_path / "nothing") == 0


@pytest.mark.slow
def test_the_doctor_says_what_it_finds(tmp_path: Path) -> None:
    found = run("doctor", data=tmp_path)
    assert f"ok   {len(registry().entries)} schemas registered" in found.stdout
    assert "no log yet" in found.stdout
