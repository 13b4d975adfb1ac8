"""Rubbish, guesses and idle connections at the device port: they cost little, and silence no device."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from ingest.hj212 import connection, passwords
from ingest.hj212.frame import frame
from ingest.hj212.journal import Journal
from ingest.hj212.peers import Peers, address_of
from ingest.observations import Observations
from ingest.quota import Quota
from running.platform import Platform
from services.device import password
from tests.conftest import NOW
from tests.hj212.devices import MN, answers, connected, listener, quarantined, register, said
from tests.journeys.steps import fold
from tests.waiting import eventually

CHANCE = random.Random(212)
FLOODS = {
    "random bytes": CHANCE.randbytes(400_000),
    "beginnings": b"##" * 200_000,
    "heads that never end": b"##9999QN=1;" * 40_000,
    "tiny frames": b"##0001" * 60_000,
    "one damaged frame": (said()[:-6] + b"0000\r\n") * 3000,
    "unknown devices": b"".join(said(mn=f"U{number}") for number in range(3000)),
    "wrong passwords": b"".join(said(pw=f"guess{number}") for number in range(3000)),
}


def logged(platform: Platform) -> int:
    return sum(len(batch.datums) for batch in platform.log.read({}))


def rows(platform: Platform, sql: str) -> list[tuple[Any, ...]]:
    fold(platform)
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(sql).fetchall()


def answered(port: int, qn: str) -> bool:
    """Whether a device that connects now gets its answer."""
    with connected(port) as device:
        device.sendall(said(qn=qn))
        return f"QN={qn};ST=91;CN=9014".encode() in answers(device, 1)


@contextmanager
def flooding(port: int, flood: bytes) -> Iterator[threading.Event]:
    """Send a flood again and again, connecting anew whenever the connection is closed, until the body ends."""
    stop, closed = threading.Event(), threading.Event()

    def send() -> None:
        while not stop.is_set():
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1) as peer:
                    while not stop.is_set():
                        peer.sendall(flood)
            except OSError:
                closed.set()

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield closed
    finally:
        stop.set()
        sender.join()


@pytest.mark.parametrize("what", FLOODS)
def test_a_flood_is_cut_off_costs_a_bounded_log_and_is_told(platform: Platform, what: str) -> None:
    register(platform)
    before = logged(platform)
    with listener(platform, hj212_quarantine_bytes=50_000) as (opened, port):
        assert answered(port, "1")
        with flooding(port, FLOODS[what]) as closed:
            assert closed.wait(60)
            assert answered(port, "2")
            with connected(port) as device:
                for number in range(5):
                    device.sendall(said(qn=f"3{number}"))
                    assert f"QN=3{number};ST=91;CN=9014".encode() in answers(device, 1)
        assert opened.counts.refused > 0
    platform.observations.state_overruns()
    assert logged(platform) - before < 400_000
    assert (
        sum(count.counted for count in platform.observations.quota.counts.values())
        + sum(frames for (frames,) in rows(platform, "SELECT frames FROM base.device_refusals_counted"))
        > 0
    )
    told = rows(platform, "SELECT count(*) FROM ops.quarantine WHERE code = 'quota_used_up'")[0][0]
    counted = rows(platform, "SELECT count(*) FROM base.device_refusals_counted")[0][0]
    assert 0 < told + counted < 250


def test_of_unknown_devices_a_few_frames_are_kept_and_all_counted(platform: Platform) -> None:
    register(platform)
    with listener(platform) as (_, port), connected(port) as device:
        for number in range(40):
            device.sendall(said(f"DataTime=202611010800{number:02};a34004-Rtd=1", mn="STRANGER", qn=str(number)))
        device.sendall(b"".join(said(mn=f"M{number}") for number in range(250)))
        device.sendall(said())
        answers(device, 1)
    found = dict(rows(platform, "SELECT mn, frames FROM monitor.device_candidate"))
    assert found["STRANGER"] == 40
    assert sum(found.values()) == 290
    assert len(found) == 201
    kept = rows(platform, "SELECT count(*) FROM ops.quarantine WHERE origin LIKE 'MN=STRANGER %'")
    assert kept == [(3,)]


def test_what_is_beyond_a_quota_is_told_though_nothing_more_comes(platform: Platform) -> None:
    now = [NOW]
    observations = Observations(platform.log, platform.state, platform.follower, lambda: now[0], Quota(600))
    journal = Journal(observations, lambda: now[0])
    register(platform)
    with listener(platform) as (opened, _):
        session = opened.session(connection.Connection(opened), "10.0.0.9")
        for number in range(5):
            entries = session.receive(b"noise %d" % number, 0.0) + session.tick(1000.0 * (number + 1))
            assert len(entries) == 1
            journal.keep(entries)
    seen = [journal.due]
    now[0] += timedelta(minutes=2)
    seen.append(journal.due)
    journal.keep([])
    assert [*seen, journal.due] == [False, True, False]
    assert rows(platform, "SELECT count(*) FROM ops.quarantine WHERE code = 'quota_used_up'") == [(1,)]


def test_guessing_silences_nobody_and_is_slow(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    register(platform)
    reckoned: list[str] = []

    def counting(mn: str, said_password: str) -> str:
        reckoned.append(said_password)
        assert threading.current_thread().name.startswith("hj212 passwords")
        return password.password_hash(mn, said_password)

    monkeypatch.setattr(passwords, "password_hash", counting)
    with listener(platform) as (_, port), connected(port) as known:
        known.sendall(said(qn="1"))
        assert b"QN=1;" in answers(known, 1)
        with flooding(port, FLOODS["wrong passwords"]):
            for number in range(20):
                known.sendall(said(qn=f"2{number}"))
                assert f"QN=2{number};".encode() in answers(known, 1)
            assert answered(port, "3")  # another connection from the same address
        guesses = [each for each in reckoned if each.startswith("guess")]
        assert reckoned.count("123456") == 1
        assert len(guesses) == len(set(guesses)) < 200


def test_frames_behind_one_whose_password_is_checked_keep_their_order(platform: Platform) -> None:
    register(platform)
    register(platform, "OTHER", password="654321", site="1804A")
    with listener(platform) as (_, port), connected(port) as device:
        sent = [said(qn=str(n)) if n % 2 else said(mn="OTHER", pw="654321", qn=str(n)) for n in range(10, 20)]
        device.sendall(said(pw="wrong") + b"".join(sent))
        heard = answers(device, 10)
        assert [part.partition(b";")[0] for part in heard.split(b"QN=")[1:]] == [b"%d" % n for n in range(10, 20)]


def test_a_device_that_leaves_at_once_is_heard(platform: Platform) -> None:
    register(platform)
    with listener(platform) as (_, port):
        with connected(port) as device:
            device.sendall(said() + b"a rest")
        eventually(lambda: rows(platform, "SELECT count(*) FROM base.observation") == [(1,)])
        eventually(lambda: rows(platform, "SELECT code FROM ops.quarantine") == [("noise",)])


def test_a_password_that_is_changed_is_checked_anew(platform: Platform) -> None:
    register(platform)
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said(qn="1"))
        assert b"QN=1;" in answers(device, 1)
        register(platform, password="changed")

        def right() -> bool:
            device.sendall(said(pw="changed", qn="2"))
            device.settimeout(0.2)
            try:
                return b"QN=2;" in device.recv(1000)
            except TimeoutError:
                return False

        eventually(right)
        device.settimeout(30)
        device.sendall(said(qn="3") + said(pw="changed", qn="4"))
        assert b"QN=3;" not in answers(device, 1)


def test_silent_connections_end_and_known_devices_stay_longer(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(platform)
    monkeypatch.setattr("ingest.hj212.listener._TICK_S", 0.05)
    with listener(platform, hj212_unknown_idle_s=0) as (opened, port), connected(port) as device:
        device.sendall(said())
        answers(device, 1)
        with connected(port) as idle:
            assert idle.recv(1) == b""
        device.sendall(said(qn="2"))
        assert b"QN=2" in answers(device, 1)
        assert len(opened.connections) == 1


def test_where_all_places_are_taken_the_silent_leave_and_known_devices_stay(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(platform)
    monkeypatch.setattr("env1357.listening.share_of", lambda _: 5)
    with listener(platform) as (opened, port), connected(port) as device, ExitStack() as stack:
        device.sendall(said(qn="1"))
        assert b"QN=1" in answers(device, 1)
        idle = [stack.enter_context(connected(port)) for _ in range(20)]
        eventually(lambda: opened.counts.connected >= 21)
        assert answered(port, "2")
        device.sendall(said(qn="3"))
        assert b"QN=3" in answers(device, 1)
        assert len(opened.connections) <= 5
        assert opened.counts.turned_away >= 15
        assert any(each.recv(1) == b"" for each in idle[:1])


def test_one_address_has_no_more_than_its_share(platform: Platform) -> None:
    register(platform)
    with listener(platform, hj212_connections_of_a_peer=2) as (opened, port), ExitStack() as stack:
        known = [stack.enter_context(connected(port)) for _ in range(2)]
        for number, device in enumerate(known):
            device.sendall(said(qn=str(number)))
            answers(device, 1)
        with connected(port) as third:
            assert third.recv(1) == b""
        assert len(opened.connections) == 2


def test_pauses_grow_but_stay_short_enough_for_a_device_s_resend() -> None:
    peers, now = Peers(), 100.0
    pauses = []
    for _ in range(12):
        peers.was_noisy("10.0.0.1", now)
        pauses.append(peers.pause_s("10.0.0.1", now))
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < pauses[-1] <= 5
    assert peers.pause_s("10.0.0.2", now) == 0
    assert peers.pause_s("10.0.0.1", now + 3600) == 0


def test_an_address_of_ipv6_is_its_network() -> None:
    one, other = ("2001:db8::1", 1, 0, 0), ("2001:db8::ffff:1", 2, 0, 0)
    assert address_of(one) == address_of(other) == "2001:db8::/64"
    assert address_of(("::ffff:10.0.0.1", 1, 0, 0)) == address_of(("10.0.0.1", 1)) == "10.0.0.1"
    assert address_of(None) == "unknown"


def test_a_frame_of_an_unknown_device_says_who_it_is_though_it_is_masked(platform: Platform) -> None:
    with listener(platform) as (opened, port), connected(port) as device:
        device.sendall(frame(b"QN=1;CN=2011;PW=1;MN=X;CP=&&&&"))
        eventually(lambda: opened.counts.refused == 1)
    ((_, _, origin, content),) = quarantined(platform)
    assert origin == "MN=X 127.0.0.1"
    assert b"MN=X" in content
    assert MN.encode() not in content
