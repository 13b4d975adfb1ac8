"""A device for trials, registered as simulated: sends frames, waits for answers, and follows what it is asked."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from ingest.hj212.frame import Message, answer, parse, written
from ingest.hj212.stream import Frame, Noise, StreamReader
from services.air.commands import RegisterStation
from services.decider import Command, Refused
from services.device.commands import RegisterDevice
from services.handler import utc_now

PASSWORD = "123456"  # noqa: S105  a simulated device's, as the standard's examples have it
SOURCE = "simulator"

_CHINA = timedelta(hours=8)
_TYPICAL = {"a21026": 8, "a21004": 35, "a21005": 0.8, "a05024": 70, "a34002": 60, "a34004": 38}
_REPLIES = ("9011", "9012", "9013", "9014")
_NOTICES = ("2012", "2022")
_MISSED = 3


@dataclass
class Report:
    """What was sent and what came back, by CN; `seconds` is how long each answered frame waited."""

    sent: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def mn_of(number: int) -> str:
    """The MN of the n-th simulated device."""
    return f"5357SIM{number:07}"


def registrations(count: int) -> tuple[list[Command], list[Command]]:
    """Commands that register so many simulated stations, and a device at each."""
    stations: list[Command] = []
    devices: list[Command] = []
    for number in range(count):
        site = f"SIM-{number:05}"
        stations.append(
            RegisterStation(
                source=SOURCE,
                site_id=site,
                name_zh=f"模拟站 {number}",
                name_en=f"Simulated station {number}",
                position_source="made up",
                network="DISTRICT",
            )
        )
        devices.append(
            RegisterDevice(
                source=SOURCE,
                mn=mn_of(number),
                site_id=site,
                site_kind="STATION",
                password=PASSWORD,
                unit_profile="AMBIENT",
            )
        )
    return stations, devices


def realtime(mn: str, at: datetime, chance: random.Random, qn: str) -> bytes:
    """A frame of real-time values of an ambient station, to be answered; `at` is local."""
    items = [
        f"{code}-Rtd={around * chance.uniform(0.5, 1.5):.3f},{code}-Flag=N" for code, around in _TYPICAL.items()
    ]
    cp = f"DataTime={at:%Y%m%d%H%M%S};" + ";".join(items)
    return written(Message(cn="2011", mn=mn, cp=cp, pw=PASSWORD, st="22", qn=qn, flag=5))


def minutely(mn: str, at: datetime, chance: random.Random, qn: str) -> bytes:
    """A frame of a minute's values with their extremes and totals, as most devices send; `at` is local."""
    items = []
    for code, around in _TYPICAL.items():
        low, value, high = sorted(around * chance.uniform(0.5, 1.5) for _ in range(3))
        parts = {"Cou": value * 60, "Min": low, "Avg": value, "Max": high}
        said = ",".join(f"{code}-{name}={number:.3f}" for name, number in parts.items())
        items.append(f"{said},{code}-Flag=N")
    cp = f"DataTime={at:%Y%m%d%H%M%S};" + ";".join(items)
    return written(Message(cn="2051", mn=mn, cp=cp, pw=PASSWORD, st="22", qn=qn, flag=5))


class TrialDevice(asyncio.Protocol):
    """One connection; counts into a report that devices may share."""

    def __init__(self, report: Report) -> None:
        self._report, self._reader = report, StreamReader()
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[str, float] = {}
        self.closed = asyncio.Event()
        self.answered = asyncio.Event()
        self.answered.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's name
        self._transport = None
        self.closed.set()
        self.answered.set()

    def send(self, data: bytes) -> None:
        """Send bytes; the frames in them that want an answer are waited for."""
        for item in StreamReader().feed(data):
            message = _understood(item.segment) if isinstance(item, Frame) else None
            if message is not None and message.wants_answer:
                self._waiting[message.qn] = time.monotonic()
                self.answered.clear()
            self._report.sent += not isinstance(item, Noise)
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        for item in self._reader.feed(data):
            message = _understood(item.segment) if isinstance(item, Frame) else None
            if message is not None:
                self._hear(message)

    def _hear(self, message: Message) -> None:
        if message.cn in _REPLIES:
            self._report.answers[message.cn] += 1
            since = self._waiting.pop(message.qn, None)
            if since is not None:
                self._report.seconds.append(time.monotonic() - since)
        else:
            self._report.requests[message.cn] += 1
            self._follow(message)
        if not self._waiting:
            self.answered.set()

    def _follow(self, message: Message) -> None:
        """Do as a device does that is asked: answer, data where they were asked for, result."""
        if self._transport is None:
            return
        if message.cn in _NOTICES:
            self._transport.write(answer("9013", message, message.edition))
            return
        self._transport.write(answer("9011", message, message.edition, "QnRtn=1"))
        if message.cn == "1011":
            now = f"{utc_now() + _CHINA:%Y%m%d%H%M%S}"
            self._transport.write(written(message._replace(flag=4, cp=f"SystemTime={now}")))
        self._transport.write(answer("9012", message, message.edition, "ExeRtn=1"))


async def send(host: str, port: int, pieces: Sequence[bytes], patience_s: float) -> Report:
    """Send pieces of a stream over one connection, each once the one before it is answered or time is over.

    After a few that got no answer none is waited for any more.
    """
    report, missed = Report(), 0
    device = await _connected(host, port, report)
    for piece in pieces:
        if device.closed.is_set():
            break
        device.send(piece)
        missed += not await _until(device.answered, patience_s if missed < _MISSED else 0.001)
    await _until(device.answered, patience_s)
    device.close()
    return report


async def simulate(
    host: str, port: int, count: int, seconds: float, interval_s: float, progress: Callable[[int], None]
) -> Report:
    """So many devices, each with a connection of its own, that send real-time values for some time."""
    report, chance = Report(), random.Random(212)
    devices = [await _connected(host, port, report) for _ in range(count)]
    end, turn = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        began, local = time.monotonic(), utc_now() + _CHINA
        qn = f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}"
        for number, device in enumerate(devices):
            device.send(realtime(mn_of(number), local, chance, qn))
        turn += 1
        progress(turn)
        await asyncio.sleep(max(0.0, interval_s - (time.monotonic() - began)))
    for device in devices:
        await _until(device.answered, 10)
        device.close()
    return report


def pieces_of(content: bytes) -> Iterator[bytes]:
    """A file's frames, line by line where it has lines."""
    for line in content.splitlines():
        if line:
            yield line + b"\r\n"


async def _connected(host: str, port: int, report: Report) -> TrialDevice:
    _, device = await asyncio.get_running_loop().create_connection(lambda: TrialDevice(report), host, port)
    return device


async def _until(event: asyncio.Event, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False


def _understood(segment: bytes) -> Message | None:
    try:
        return parse(segment)
    except Refused:
        return None
