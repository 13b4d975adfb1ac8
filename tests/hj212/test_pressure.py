"""A log that takes nothing for a while: nobody is answered, no more is read than there is room for, all is kept."""

import threading
import time
from typing import Any

import pytest

from eventlog.log import LogUnavailable
from ingest.hj212 import listener as listening
from running.platform import Platform
from tests.hj212.devices import MN, answers, connected, listener, register, said, silent
from tests.journeys.steps import fold


def frame_at(second: int) -> bytes:
    return said(f"DataTime=202611010800{second:02};a34004-Rtd=33", qn=str(second))


def test_an_outage_delays_answers_and_loses_nothing(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    register(platform)
    take, refusals = platform.observations.take_statements, iter([LogUnavailable("the disk is full")])

    def failing(*given: Any, **named: Any) -> Any:
        for refusal in refusals:
            raise refusal
        return take(*given, **named)

    monkeypatch.setattr(platform.observations, "take_statements", failing)
    monkeypatch.setattr(listening, "_RETRY_S", 0.4)
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(frame_at(0))
        assert silent(device, 0.2)
        assert answers(device, 1).count(b"CN=9014") == 1
    fold(platform)
    with platform.database.read() as snapshot:
        sql = "SELECT (SELECT count(*) FROM base.observation), (SELECT sum(frames) FROM monitor.device_day)"
        assert snapshot.connection.execute(sql).fetchall() == [(1, 1)]


def test_no_more_is_read_than_there_is_room_for(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    register(platform)
    take, goes_on = platform.observations.take_statements, threading.Event()

    def slow(*given: Any, **named: Any) -> Any:
        goes_on.wait(10)
        return take(*given, **named)

    monkeypatch.setattr(platform.observations, "take_statements", slow)
    monkeypatch.setattr(listening, "_MOST_BYTES", 20_000)
    monkeypatch.setattr(listening, "_FEW_BYTES", 5_000)
    with listener(platform) as (opened, port), connected(port) as device:
        for second in range(60):
            device.sendall(frame_at(second))
            time.sleep(0.005)
        assert (opened.full, sum(each.is_held for each in opened.connections)) == (True, 1)
        goes_on.set()
        assert answers(device, 60).count(f"MN={MN}".encode()) == 60
        assert (opened.full, sum(each.is_held for each in opened.connections)) == (False, 0)
