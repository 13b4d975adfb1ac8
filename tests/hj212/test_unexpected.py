"""What nobody expected: one frame is quarantined, and everybody else is served."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ingest.hj212 import connection, journal, session
from ingest.hj212 import listener as listening
from ingest.hj212.stream import StreamReader
from ingest.statement import Statement
from running.health import status_of
from running.platform import Platform
from services.masking import masked_frames
from tests.hj212.devices import MN, answers, connected, listener, quarantined, register, said, silent
from tests.waiting import eventually

POISON = said("DataTime=20261101080000;a34004-Rtd=66.6")


def kept(platform: Platform) -> list[tuple[Any, ...]]:
    return [(code, content) for code, _, _, content in quarantined(platform)]


def breaking(where: Callable[..., Any], is_poison: Callable[[Any], bool]) -> Callable[..., Any]:
    def broken(first: Any, *rest: Any, **named: Any) -> Any:
        if is_poison(first):
            raise ZeroDivisionError("a bug")
        return where(first, *rest, **named)

    return broken


def is_stated(statements: Sequence[Statement]) -> bool:
    return any(66.6 in each.values for each in statements)


STEPS = {
    "parsing": (session, "parse", lambda segment: b"66.6" in segment),
    "reading": (journal, "read_all", lambda message: "66.6" in message.cp),
    "answering": (journal, "answered", lambda entry: b"66.6" in entry.raw and not entry.refusal),
}


@pytest.mark.parametrize("step", [*STEPS, "taking down"])
def test_a_bug_in_any_step_of_one_frame_costs_that_frame_alone(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    register(platform)
    if step in STEPS:
        module, name, is_poison = STEPS[step]
        monkeypatch.setattr(module, name, breaking(getattr(module, name), is_poison))
    else:
        take = breaking(platform.observations.take_statements, is_stated)
        monkeypatch.setattr(platform.observations, "take_statements", take)
    with listener(platform) as (opened, port), connected(port) as device, connected(port) as other:
        device.sendall(said(qn="1") + POISON + said(qn="2"))
        other.sendall(said(qn="3"))
        heard = answers(device, 2) + answers(other, 1)
        assert sorted(heard.count(f"QN={n};ST=91;CN=9014".encode()) for n in (1, 2, 3)) == [1, 1, 1]
        assert (opened.counts.unexpected, platform.health.troubles()) == (1, [])
    assert kept(platform) == [("unexpected", masked_frames(POISON))]


def test_a_stream_that_can_not_be_read_is_kept_and_its_connection_closed(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(platform)
    monkeypatch.setattr(StreamReader, "feed", breaking(StreamReader.feed, lambda reader: reader.waiting > 0))
    with listener(platform) as (_, port), connected(port) as device, connected(port) as other:
        device.sendall(said()[:30])
        eventually(lambda: any(each.session.reader.waiting for each in _.connections))
        device.sendall(b"what breaks it")
        assert device.recv(100) == b""
        other.sendall(said())
        assert b"CN=9014" in answers(other, 1)
    assert kept(platform) == [("unexpected", masked_frames(said()[:30] + b"what breaks it"))]


def test_ticks_and_the_register_may_fail_without_ending_the_listener(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(platform)
    monkeypatch.setattr(listening, "_TICK_S", 0.02)
    devices, gone = platform.state.devices, threading.Event()

    def failing() -> Any:
        if gone.is_set():
            raise OSError("the tables are gone")
        return devices()

    monkeypatch.setattr(platform.state, "devices", failing)
    ticked, armed = connection.Connection.tick, threading.Event()
    monkeypatch.setattr(connection.Connection, "tick", breaking(ticked, lambda _: armed.is_set()))
    with listener(platform) as (opened, port):
        gone.set()
        opened.changed()
        eventually(lambda: status_of(platform.health.troubles()) == "not ready")
        gone.clear()
        eventually(lambda: not platform.health.troubles())
        with connected(port) as idle:
            armed.set()
            assert idle.recv(1) == b""  # its tick fails: it is closed
            armed.clear()
        with connected(port) as device:
            device.sendall(said())
            assert b"CN=9014" in answers(device, 1)
            assert silent(device, 0.1)
        assert opened.counts.failures >= 2


def test_one_device_whose_entry_can_not_be_read_costs_no_other(platform: Platform) -> None:
    register(platform)
    devices = platform.state.devices
    strange = {"mn": "STRANGE"}
    platform.state.devices = lambda: [strange, *devices()]  # type: ignore[method-assign]
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(said())
        assert f"MN={MN}".encode() in answers(device, 1)


def test_a_listener_that_has_died_is_not_ready(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _pid, number: ended.append(number))
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    async def dying(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(listening.Listener, "run", dying)
    with listener(platform):
        eventually(lambda: status_of(platform.health.troubles()) == "not ready")
    assert len(ended) == 1
