"""An exchange that the platform begins: its answers, re-sends and time-outs, without a clock or a socket."""

from typing import Any

import pytest

from ingest.hj212.exchange import ANSWER_TIMEOUT_S, EXECUTION_TIMEOUT_S, RESENDS, Exchange
from ingest.hj212.frame import Message
from tests.hj212.devices import MN


def begun(cn: str = "1062", edition: str = "HJ212_2017") -> Exchange:
    row = {"command_id": "c", "request_id": "r", "mn": MN, "cn": cn, "st": "31", "parameters": ["RtdInterval=30"]}
    exchange = Exchange(row, "20260101000000001", "123456", edition)
    exchange.send(0.0)
    return exchange


def heard(exchange: Exchange, cn: str, cp: str = "", now: float = 1.0, **changed: Any) -> bool:
    return exchange.hear(Message(cn=cn, mn=MN, cp=cp, **{"qn": exchange.qn, **changed}), now)


def is_open(exchange: Exchange) -> bool:
    return exchange.outcome is None


@pytest.mark.parametrize(("edition", "flag"), [("HJ212_2005", 1), ("HJ212_2017", 5), ("HJ212_2025", 9)])
def test_a_request_is_written_in_the_device_s_edition(edition: str, flag: int) -> None:
    assert f"PW=123456;MN={MN};Flag={flag};CP=&&RtdInterval=30&&".encode() in begun(edition=edition).send(0)


@pytest.mark.parametrize(("exe_rtn", "outcome"), [(1, "DONE"), (2, "FAILED"), (100, "FAILED")])
def test_a_request_ends_as_its_result_says(exe_rtn: int, outcome: str) -> None:
    exchange = begun()
    heard(exchange, "9011", "QnRtn=1")
    assert is_open(exchange)
    heard(exchange, "2011", "DataTime=20260101000000")
    heard(exchange, "9012", f"ExeRtn={exe_rtn}")
    assert (exchange.outcome, exchange.qn_rtn, exchange.exe_rtn) == (outcome, 1, exe_rtn)
    assert exchange.data_messages == 1


@pytest.mark.parametrize("cp", ["QnRtn=3", "QnRtn=100", ""])
def test_a_device_may_refuse(cp: str) -> None:
    exchange = begun()
    heard(exchange, "9011", cp)
    assert exchange.outcome == "REFUSED"


def test_what_is_not_answered_is_sent_again_and_given_up_at_last() -> None:
    exchange, now = begun(), 0.0
    for _ in range(RESENDS):
        assert exchange.tick(now + ANSWER_TIMEOUT_S - 1) is None
        now += ANSWER_TIMEOUT_S
        assert exchange.tick(now)
    assert exchange.tick(now + ANSWER_TIMEOUT_S) is None
    assert (exchange.outcome, exchange.sent) == ("TIMED_OUT", 1 + RESENDS)


def test_what_was_answered_is_not_sent_again_but_must_end() -> None:
    exchange = begun()
    heard(exchange, "9011", "QnRtn=1", now=5.0)
    assert exchange.tick(5.0 + EXECUTION_TIMEOUT_S - 1) is None
    assert is_open(exchange)
    assert exchange.tick(5.0 + EXECUTION_TIMEOUT_S) is None
    assert (exchange.outcome, exchange.sent) == ("TIMED_OUT", 1)


def test_a_notice_is_over_when_it_is_answered_and_a_request_is_not() -> None:
    notice, request = begun("2012"), begun("1062")
    assert heard(notice, "9013")
    assert heard(request, "9013")
    assert (notice.outcome, request.outcome) == ("DONE", None)


def test_another_exchange_s_messages_are_none_of_its() -> None:
    exchange = begun()
    assert not heard(exchange, "9011", "QnRtn=1", qn="2")
    heard(exchange, "9012", "ExeRtn=1")
    assert not heard(exchange, "9012", "ExeRtn=2")
    assert exchange.outcome == "DONE"
