"""Journeys of frames: from a device's socket to the answer it gets, to the tables and to GraphQL."""

import time
from pathlib import Path
from typing import Any

import pytest

from ingest.hj212.crc import modbus_swapped
from ingest.hj212.frame import frame
from running.platform import Platform
from services.masking import masked_frames
from tests.conftest import Ask
from tests.factories import csv_rows
from tests.hj212.devices import MN, REALTIME, answers, connected, listener, quarantined, register, said, silent
from tests.journeys.steps import command, fold


def rows(platform: Platform, sql: str) -> list[tuple[Any, ...]]:
    fold(platform)
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(sql).fetchall()


def test_a_device_that_got_its_answer_finds_its_data(platform: Platform) -> None:
    register(platform)
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said(qn="20261101080000001"))
        heard = answers(device, 1)
        assert heard == frame(f"QN=20261101080000001;ST=91;CN=9014;PW=123456;MN={MN};Flag=4;CP=&&&&".encode())
        sql = "SELECT factor, period, value, mark, source, set_aside FROM base.reading ORDER BY factor"
        assert rows(platform, sql) == [
            ("PM2.5", "REALTIME", 33.0, "N", f"hj212:{MN}", None),
            ("SO2", "REALTIME", 7.5, "D", f"hj212:{MN}", "marked D"),
        ]
        assert rows(platform, "SELECT CAST(observed_at AS VARCHAR) FROM base.observation") == [
            ("2026-11-01 00:00:00",)
        ]


def test_every_frame_found_in_the_wild_ends_as_its_row_says(platform: Platform, shared: Path) -> None:
    found = csv_rows(shared / "data" / "hj212" / "frames.csv")
    for number, mn in enumerate(sorted({row["MN"] for row in found})):
        passwords = [r["frame"].partition("PW=")[2].partition(";")[0] for r in found if r["MN"] == mn]
        register(platform, mn, f"S{number}", password=passwords[0])
    # one MN sends one frame with another password than the others
    odd = [row for row in found if "PW=000000" in row["frame"]]
    assert len(odd) == 1
    with listener(platform) as (opened, port), connected(port) as device:
        for row in found:
            device.sendall(row["frame"].encode() + b"\r\n")
        wanted = [r for r in found if r["crc_ok"] == "True" and r not in odd and _wants_answer(r["frame"])]
        heard = answers(device, len(wanted))
        for row in wanted:
            qn = row["frame"].partition("QN=")[2].partition(";")[0]
            assert f"QN={qn};ST=91;CN=9014".encode() in heard, row["n"]
    kept = dict(rows(platform, "SELECT code, count(*) FROM ops.quarantine GROUP BY ALL"))
    refused = [row for row in found if row["crc_ok"] == "False"]
    assert kept == {"bad_crc": len(refused), "wrong_password": len(odd)}
    sent = sum(len(row["frame"].encode()) + 2 for row in found)
    assert sum(opened.ledger.values()) == sent
    refused_bytes = sum(len(row["frame"].encode()) + 2 for row in refused + odd)
    assert opened.ledger["REFUSED"] == refused_bytes
    stored = sum(len(content) for *_, content in quarantined(platform))
    assert stored == sum(len(masked_frames(row["frame"].encode() + b"\r\n")) for row in refused + odd)


def _wants_answer(text: str) -> bool:
    flag = text.partition(";Flag=")[2].partition(";")[0]
    return flag.isdecimal() and int(flag) & 1 == 1 and "CN=9" not in text


def test_lowest_highest_and_totals_are_kept_beside_the_values(platform: Platform, ask: Ask) -> None:
    register(platform)
    cp = (
        "DataTime=20261101080000;a34004-Cou=9.9,a34004-Min=1,a34004-Avg=33,a34004-Max=50,a34004-Flag=N;"
        "lng-Avg=120.3,lng-Flag=N"
    )
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said(cp, cn="2061"))
        answers(device, 1)
    assert rows(platform, "SELECT factor, period, value FROM base.reading") == [("PM2.5", "HOUR", 33.0)]
    document = """query($mn: String!) { deviceSaid(mn: $mn, what: DETAIL, since: "2020-01-01T00:00:00Z") {
      name text at cn } }"""
    details = {row["name"]: row["text"] for row in ask(document, mn=MN)["deviceSaid"]}
    assert details == {
        "a34004-Cou": "9.9", "a34004-Min": "1", "a34004-Max": "50", "lng-Avg": "120.3", "lng-Flag": "N",
    }  # fmt: skip


def test_an_unknown_device_is_refused_and_becomes_a_candidate(platform: Platform, ask: Ask) -> None:
    register(platform)
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said(mn="STRANGER") + said(pw="654321"))
        assert silent(device)
        fold(platform)
        found = ask("{ deviceCandidates { nodes { mn frames wrongPassword registered } } }")["deviceCandidates"][
            "nodes"
        ]
        assert sorted(found, key=lambda row: row["mn"]) == [
            {"mn": MN, "frames": 1, "wrongPassword": True, "registered": False},
            {"mn": "STRANGER", "frames": 1, "wrongPassword": False, "registered": False},
        ]
        given = {"mn": "STRANGER", "siteId": "1803A", "siteKind": "STATION", "password": "123456"}
        assert command(ask, "registerDevice", unitProfile="AMBIENT", **given)["__typename"] == "Accepted"
        for _ in range(50):  # the register reaches the listener as an event
            device.sendall(said(mn="STRANGER"))
            if not silent(device, 0.2):
                break
        assert rows(platform, "SELECT source FROM base.observation") == [("hj212:STRANGER",)]
    candidates = ask("{ deviceCandidates { nodes { mn registered } } devices { nodes { mn crc } } }")
    assert {"mn": "STRANGER", "crc": "STANDARD"} in candidates["devices"]["nodes"]


def test_the_swapped_check_sum_is_taken_from_who_is_registered_so(platform: Platform) -> None:
    register(platform)
    register(platform, "SWAPPED", crc="MODBUS_SWAPPED", site="1804A")

    def swapped(mn: str) -> bytes:
        segment = said(mn=mn)[6:-6]
        return b"##%04d%b%04X\r\n" % (len(segment), segment, modbus_swapped(segment))

    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(swapped(MN) + swapped("SWAPPED"))
        assert b"MN=SWAPPED" in answers(device, 1)
        assert silent(device, 0.2)
    assert rows(platform, "SELECT code FROM ops.quarantine") == [("bad_crc",)]


def test_noise_between_frames_costs_no_frame_and_is_kept(platform: Platform) -> None:
    register(platform)
    modbus = bytes.fromhex("01030000000ac5cd")
    with listener(platform) as (opened, port), connected(port) as device:
        device.sendall(modbus + said()[:40] + said() + modbus * 3 + said(REALTIME.replace("0800", "0900")) + b"#")
        assert answers(device, 2).count(b"CN=9014") == 2
    kept = [(code, content) for code, _, _, content in quarantined(platform)]
    assert kept == [("incomplete", masked_frames(said()[:40])), ("noise", modbus * 4 + b"#")]
    assert opened.ledger["REFUSED"] == 40 + 8 * 4 + 1


def test_parts_are_kept_answered_and_put_together_across_a_restart(platform: Platform) -> None:
    register(platform)

    def part(number: int, cp: str) -> bytes:
        return said(cp, cn="2061", flag=f"Flag=7;PNUM=2;PNO={number};", qn=str(number))

    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(part(1, "DataTime=20261101080000;a34004-Avg=33"))
        assert b"QN=1;" in answers(device, 1)
    assert rows(platform, "SELECT code FROM ops.quarantine") == [("parts_missing",)]
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(part(2, "a34002-Avg=60"))
        assert b"QN=2;" in answers(device, 1)
        assert rows(platform, "SELECT factor, value FROM base.reading ORDER BY 1") == [
            ("PM10", 60.0),
            ("PM2.5", 33.0),
        ]


def test_duplicates_backfills_resends_and_drift_are_told_apart(platform: Platform, ask: Ask) -> None:
    register(platform)
    today = "DataTime=20261123115800;a34004-Rtd={}"  # two minutes before the platform's clock
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said(today.format(1)))
        device.sendall(said(today.format(1)))
        device.sendall(said(today.format(2)))
        device.sendall(said("DataTime=20250101000000;a34004-Rtd=5", flag="Flag=9;RF=1;"))
        device.sendall(said("DataTime=20991231235959;a34004-Rtd=5", qn="20261123120130500"))
        answers(device, 4)
    fold(platform)
    document = """{ deviceDays(since: "2020-01-01", until: "2030-01-01") { nodes {
      mn frames repeated restated late resent refused answered clockDriftS } } }"""
    (day,) = ask(document)["deviceDays"]["nodes"]
    assert day == {
        "mn": MN, "frames": 5, "repeated": 1, "restated": 1, "late": 1, "resent": 1, "refused": 1, "answered": 4,
        "clockDriftS": 90.5,
    }  # fmt: skip
    assert rows(platform, "SELECT code FROM ops.quarantine") == [("in_the_future",)]


def test_equipment_logs_and_alarms_have_tables_of_their_own(platform: Platform, ask: Ask) -> None:
    register(platform)
    at = "DataTime=20261101080000;"
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said(at + "SB1-RS=1;SB2-RS=4", cn="2021"))
        device.sendall(said("DataTime=20261101000000;SB1-RT=23.5", cn="2041"))
        device.sendall(said(at + "PolId=a34004,i11001-Info=//维护//", cn="3020"))
        device.sendall(said("AlarmTime=20261101081500;a34004-Ala=900,a34004-AlarmType=1", cn="2072"))
        heard = answers(device, 4)
        assert (heard.count(b"CN=9014"), heard.count(b"CN=9013")) == (3, 1)
        device.sendall(said("", cn="9015"))
        assert b"CN=9013" in answers(device, 1) or b"CN=9014" in heard
    fold(platform)
    document = """query($mn: String!) {
      equipment(mn: $mn) { nodes { equipment aspect value } }
      log: deviceSaid(mn: $mn, what: LOG, since: "2020-01-01T00:00:00Z") { name text at }
      alarm: deviceSaid(mn: $mn, what: ALARM, since: "2020-01-01T00:00:00Z") { name text at } }"""
    found = ask(document, mn=MN)
    assert [tuple(row.values()) for row in found["equipment"]["nodes"]] == [
        ("SB1", "RS", 1.0), ("SB1", "RT", 23.5), ("SB2", "RS", 4.0),
    ]  # fmt: skip
    assert {row["name"]: row["text"] for row in found["log"]} == {"PolId": "a34004", "i11001-Info": "//维护//"}
    assert {row["at"] for row in found["alarm"]} == {"2026-11-01T00:15:00+00:00"}


@pytest.mark.parametrize(
    ("cp", "cn", "code"),
    [
        ("a34004-Rtd=33", "2011", "no_data_time"),
        ("DataTime=yesterday;a34004-Rtd=33", "2011", "bad_time"),
        ("DataTime=20261301000000;a34004-Rtd=33", "2011", "bad_time"),
        ("DataTime=20261101080000;a34004-Rtd=many", "2011", "not_a_number"),
        ("DataTime=20261101080030;a34004-Avg=33", "2061", "unaligned_start"),
        ("DataTime=20261101080000;a34004", "2011", "bad_item"),
        ("", "4321", "unknown_command"),
        ("", "1012", "unknown_command"),
    ],
)
def test_what_can_not_be_understood_is_kept_with_its_reason_and_unanswered(
    platform: Platform, cp: str, cn: str, code: str
) -> None:
    register(platform)
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said(cp, cn) + said())
        assert answers(device, 1).count(b"9014") == 1
    ((found, _, _, content),) = quarantined(platform)
    assert (found, content) == (code, masked_frames(said(cp, cn)))


def test_a_command_is_sent_and_followed_to_its_end(platform: Platform, ask: Ask) -> None:
    register(platform)
    asked = {"mn": MN, "st": "22"}
    assert (
        command(ask, "requestDeviceCommand", commandId="c1", cn="1062", parameters=["RtdInterval=30"], **asked)[
            "__typename"
        ]
        == "Accepted"
    )
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said())
        heard = answers(device, 2)
        assert b"CN=9014" in heard
        request = next(line for line in heard.split(b"\r\n") if b"CN=1062" in line)
        assert b"Flag=5;CP=&&RtdInterval=30&&" in request
        qn = request.partition(b"QN=")[2].partition(b";")[0].decode()
        device.sendall(said("QnRtn=1", cn="9011", flag="Flag=4;", qn=qn))
        device.sendall(said("ExeRtn=1", cn="9012", flag="Flag=4;", qn=qn))
        for _ in range(100):
            fold(platform)
            (row,) = ask("{ deviceCommands { nodes { commandId status qn qnRtn exeRtn sent } } }")[
                "deviceCommands"
            ]["nodes"]
            if row["status"] != "PENDING":
                break
            time.sleep(0.05)
    assert row == {"commandId": "c1", "status": "DONE", "qn": qn, "qnRtn": 1, "exeRtn": 1, "sent": 1}
    twice = command(ask, "requestDeviceCommand", commandId="c1", cn="1062", **asked)
    assert twice["code"] == "known_command"
    assert command(ask, "requestDeviceCommand", commandId="c2", cn="9014", **asked)["code"] == "unknown_command"
