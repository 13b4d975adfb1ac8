"""An exchange that the platform begins: request, answer, data, result (HJ 212-2017 6.4, 6.5), with re-sends.

Pure: the caller gives the time in seconds of any one clock, sends what it is told to, and hands in what came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.hj212.frame import Message, request_flag, written
from ingest.hj212.sm4 import NO_CIPHERS, Ciphers
from schemas.standards import hj212_directions

ANSWER_TIMEOUT_S = 10.0
RESENDS = 3
EXECUTION_TIMEOUT_S = 120.0
"""Answers and re-sends by table 1 for wireless links; how long a device may take to do it is not standardised."""

_PREPARED, _EXECUTED = 1, 1
_DIGITS = 3


@dataclass
class Exchange:
    """One command on its way; `outcome` is None until it has ended.

    A notice is over when it is answered by 9013; a request when 9012 says how it went.
    """

    command: Mapping[str, Any]
    qn: str
    password: str
    edition: str
    outcome: str | None = None
    qn_rtn: int | None = None
    exe_rtn: int | None = None
    sent: int = 0
    data_messages: int = 0
    ciphers: Ciphers = NO_CIPHERS
    _deadline: float = 0.0
    _answered: bool = False

    @property
    def mn(self) -> str:
        mn: str = self.command["mn"]
        return mn

    def send(self, now: float) -> bytes:
        """The request's frame, to be sent now."""
        self.sent += 1
        self._deadline = now + ANSWER_TIMEOUT_S
        said = self.command
        plain = written(
            Message(
                cn=said["cn"],
                mn=said["mn"],
                cp=";".join(said["parameters"]),
                pw=self.password,
                st=said["st"],
                qn=self.qn,
                flag=request_flag(self.edition),
            )
        )
        return self.ciphers.enciphered(self.mn, plain)

    def hear(self, message: Message, now: float) -> bool:
        """Take in a message of the device; whether it belongs to this exchange."""
        if self.outcome is not None or message.qn != self.qn:
            return False
        if message.cn == "9011":
            self._hear_answer(_result(message, "QnRtn"), now)
        elif message.cn == "9012":
            self.exe_rtn = _result(message, "ExeRtn")
            self.outcome = "DONE" if self.exe_rtn == _EXECUTED else "FAILED"
        elif message.cn == "9013":
            self.outcome = "DONE" if self._is_notice else None
        else:
            self.data_messages += 1
            self._go_on(now)
        return True

    def tick(self, now: float) -> bytes | None:
        """What is to be sent again, where an answer did not come in time."""
        if self.outcome is not None or now < self._deadline:
            return None
        if self._answered or self.sent > RESENDS:
            self.outcome = "TIMED_OUT"
            return None
        return self.send(now)

    @property
    def _is_notice(self) -> bool:
        return "notice" in hj212_directions().get(self.command["cn"], "")

    def _hear_answer(self, qn_rtn: int | None, now: float) -> None:
        self.qn_rtn = qn_rtn
        if qn_rtn == _PREPARED:
            self._go_on(now)
        else:
            self.outcome = "REFUSED"

    def _go_on(self, now: float) -> None:
        self._answered = True
        self._deadline = now + EXECUTION_TIMEOUT_S


def _result(message: Message, name: str) -> int | None:
    for item in message.cp.split(";"):
        said, _, value = item.partition("=")
        if said == name and value.isdecimal() and len(value) <= _DIGITS:
            return int(value)
    return None
