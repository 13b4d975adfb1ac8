"""A device's password stands nowhere in what is kept: not whole, not in parts, not in what it is asked."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from env1357 import logging
from ingest.hj212.directory import Directory
from ingest.hj212.frame import frame
from ingest.hj212.parts import Assembler
from ingest.hj212.session import Session
from ingest.hj212.stream import StreamReader
from running.platform import Platform
from services.decider import Refused
from services.device.commands import RequestDeviceCommand
from services.device.secrets import Secrets
from services.masking import masked_frames
from tests.conftest import Ask
from tests.hj212.devices import MN, answers, connected, listener, quarantined, register, said, silent
from tests.journeys.steps import command, fold
from tests.waiting import eventually

SECRET = "S3cretPw"
NEW = "N3wSecret"
AT = "DataTime=20261101080000;"
CUT = said(pw=SECRET).index(SECRET.encode()) + 4
SENT = {
    "future": said("DataTime=20991231235959;a34004-Rtd=5", pw=SECRET),
    "bad item": said(AT + "a34004-Rtd=33;a21026-Rtd=x", pw=SECRET),
    "unknown device": said(mn="STRANGER", pw=SECRET),
    "unknown command": said("", cn="4321", pw=SECRET),
    "bad field": frame(f"QN=1;oops;CN=2011;PW={SECRET};MN={MN};CP=&&&&".encode()),
    "no MN": frame(f"QN=1;CN=2011;PW={SECRET};CP=&&&&".encode()),
    "bad check sum": said(pw=SECRET)[:-6] + b"0000\r\n",
    "bad length": said(pw=SECRET).replace(b"##0", b"##1"),
    "cut off, and the rest": said(pw=SECRET)[:CUT] + said(mn="OTHER") + said(pw=SECRET)[CUT:],
    "noise": f"PW={SECRET}".encode() * 3,
    "first field": frame(f"PW={SECRET};MN={MN}".encode()),
    "blanks and small letters": frame(f"QN=1; pw = {SECRET};CP=&&".encode()),
    "MN and password in one": frame(f"QN=1;CN=2011;MN=X PW={SECRET};CP=&&&&".encode()),
    "a part": said(AT + "a34004-Avg=33", cn="2061", flag="Flag=7;PNUM=2;PNO=1;", pw=SECRET),
    "a log": said(AT + f"NewPW={SECRET}", cn="3020", pw=SECRET),
}


def stored(platform: Platform) -> bytes:
    """All that the log and the files beside it say."""
    batches = b"".join(batch.datums for batch in platform.log.read({}))
    files = [path for path in platform.data.rglob("*") if path.is_file() and "duckdb" not in path.name]
    return batches + b"".join(path.read_bytes() for path in files)


def shown(platform: Platform) -> list[str]:
    """What the log says of a command's parameters."""
    with platform.database.read() as snapshot:
        sql = "SELECT parameters FROM base.device_command_requested"
        ((parameters,),) = snapshot.connection.execute(sql).fetchall()
    return list(parameters)


@pytest.mark.parametrize("what", SENT)
def test_no_password_stands_in_what_is_kept(platform: Platform, what: str) -> None:
    register(platform, password=SECRET)
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(SENT[what] + said(AT.replace("08", "09") + "a34004-Rtd=1", pw=SECRET, qn="77"))
        while b"QN=77" not in answers(device, 1):
            pass
    kept = stored(platform)
    assert SECRET.encode() not in kept
    assert SECRET[-4:].encode() not in kept  # nor its end, where a frame was cut within it
    if what not in ("a log",):
        assert b"***" in kept


def test_the_check_sum_of_what_is_masked_is_masked_too(platform: Platform) -> None:
    """Several check sums of known texts with one short unknown password in them would give it away."""
    register(platform, password=SECRET)
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(SENT["future"] + SENT["bad check sum"] + said(pw=SECRET))
        answers(device, 1)
    rows = quarantined(platform)
    assert [row[0] for row in rows] == ["bad_crc", "in_the_future"]
    assert all(content.endswith(b"&&****\r\n") for *_, content in rows)
    assert "its check sum was right; its password is masked" in rows[1][1]
    assert f"{len(SENT['future'])} bytes" in rows[1][1]


def test_parts_are_put_together_across_a_restart_without_their_password(platform: Platform) -> None:
    register(platform, password=SECRET)

    def part(number: int, cp: str) -> bytes:
        return said(cp, cn="2061", flag=f"Flag=7;PNUM=2;PNO={number};", qn=str(number), pw=SECRET)

    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(part(1, AT + "a34004-Avg=33"))
        answers(device, 1)
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(part(2, "a34002-Avg=60"))
        answers(device, 1)
        fold(platform)
        with platform.database.read() as snapshot:
            sql = "SELECT factor, value FROM base.reading ORDER BY factor"
            assert snapshot.connection.execute(sql).fetchall() == [("PM10", 60.0), ("PM2.5", 33.0)]


def test_a_new_password_reaches_the_device_after_a_restart_and_is_then_forgotten(
    platform: Platform, ask: Ask
) -> None:
    register(platform, password=SECRET)
    asked = {"mn": MN, "st": "22", "cn": "1072", "parameters": [f"NewPW={NEW}"]}
    assert command(ask, "requestDeviceCommand", commandId="c1", **asked)["__typename"] == "Accepted"
    assert command(ask, "requestDeviceCommand", commandId="c1", **asked)["code"] == "known_command"
    assert NEW.encode() not in b"".join(batch.datums for batch in platform.log.read({}))
    (kept,) = (platform.data / "secrets").iterdir()
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    platform.secrets.draft("c1", ["NewPW=never sent"])  # what a refused request of the same name leaves
    platform.secrets.drop("c1")
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said(pw=SECRET))
        request = next(line for line in answers(device, 2).split(b"\r\n") if b"CN=1072" in line)
        assert f"CP=&&NewPW={NEW}&&".encode() in request
        qn = request.partition(b"QN=")[2].partition(b";")[0].decode()
        for cn, cp in (("9011", "QnRtn=1"), ("9012", "ExeRtn=1")):
            device.sendall(said(cp, cn=cn, flag="Flag=4;", qn=qn, pw=SECRET))
        for _ in range(200):
            fold(platform)
            (row,) = ask("{ deviceCommands { nodes { status } } }")["deviceCommands"]["nodes"]
            if row["status"] != "PENDING":
                break
            time.sleep(0.05)
    assert (row, shown(platform)) == ({"status": "DONE"}, ["NewPW=***"])
    assert list((platform.data / "secrets").iterdir()) == []
    assert NEW.encode() not in stored(platform)


def test_a_command_whose_secret_is_lost_fails_and_is_not_sent(tmp_path: Path, platform: Platform, ask: Ask) -> None:
    register(platform)
    asked = {"mn": MN, "st": "22", "cn": "1014", "parameters": ["Whatever=K3y"]}
    assert command(ask, "requestDeviceCommand", commandId="c1", **asked)["__typename"] == "Accepted"
    platform.secrets.forget("c1")
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said() + said(AT + "a34004-Rtd=2"))
        assert b"CN=1014" not in answers(device, 2)
        eventually(
            lambda: (
                ask("{ deviceCommands { nodes { status } } }")["deviceCommands"]["nodes"] == [{"status": "FAILED"}]
            )
        )
        assert silent(device, 0.1)
    assert shown(platform) == ["Whatever=***"]
    with pytest.raises(Refused, match="not kept here"):
        Secrets(tmp_path).filled({"command_id": "c", "parameters": ["NewPW=***"]})


def test_a_request_that_is_refused_leaves_no_secret(platform: Platform) -> None:
    register(platform)
    request = RequestDeviceCommand(
        source="t", command_id="c", mn="NOWHERE", cn="1072", st="22", parameters=[f"NewPW={NEW}"]
    )
    with pytest.raises(Refused):
        platform.handler.handle(request)
    assert NEW.encode() not in stored(platform)


def test_nothing_that_is_logged_shows_a_password() -> None:
    said_of = logging._without_secrets(None, "error", {"event": f"frame PW={SECRET};MN=1", "bytes": 7})
    assert json.dumps(said_of) == '{"event": "frame PW=***;MN=1", "bytes": 7}'


@given(cuts=st.lists(st.integers(1, 200), max_size=6), end=st.integers(0, 200), flaw=st.booleans())
def test_wherever_a_stream_is_cut_no_piece_of_a_password_is_shown(cuts: list[int], end: int, *, flaw: bool) -> None:
    stream = (
        said(pw=SECRET)[:end] + (b"\xff" if flaw else b"") + said(mn="OTHER", pw=SECRET) + f"PW={SECRET}".encode()
    )
    session = Session("10.0.0.1", Directory(), Assembler(60), StreamReader(), print)
    entries: list[Any] = []
    position = 0
    for cut in cuts:
        entries += session.receive(stream[position : position + cut], 0.0)
        position += cut
    entries += session.receive(stream[position:], 0.0) + session.tick(0.0, final=True)
    seen = b"".join(entry.kept(entry.refusal)[0].content for entry in entries if entry.refusal)
    assert sum(entry.fresh_bytes for entry in entries) == len(stream)
    assert SECRET.encode() not in seen
    assert not any(SECRET[at : at + 4].encode() in seen for at in range(len(SECRET) - 3))


def test_what_is_masked_is_masked_once() -> None:
    once = masked_frames(said(pw=SECRET))
    assert masked_frames(once) == once
