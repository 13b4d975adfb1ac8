"""Devices for tests: registered by the command, speaking over real sockets or straight to a session."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from env1357.listening import listening
from env1357.settings import Settings
from ingest.hj212.directory import Device
from ingest.hj212.frame import frame
from ingest.hj212.listener import Listener
from ingest.resending import content_of
from running.platform import Platform
from services.air.commands import RegisterStation
from services.device.commands import RegisterDevice
from tests.journeys.steps import fold

MN = "010000A8900016F000169DC0"
REALTIME = "DataTime=20261101080000;a34004-Rtd=33,a34004-Flag=N;a21026-Rtd=7.5,a21026-Flag=D"


def register(platform: Platform, mn: str = MN, site: str = "1803A", **changed: Any) -> None:
    """A station, and a device at it."""
    if not platform.state.exists(f"station/{site}"):
        station: dict[str, Any] = {"site_id": site, "name_zh": site, "name_en": site, "position_source": "test"}
        platform.handler.handle(RegisterStation(source="test", network="NATIONAL", **station))
    given = {"mn": mn, "site_id": site, "site_kind": "STATION", "password": "123456", "unit_profile": "AMBIENT"}
    platform.handler.handle(RegisterDevice(source="test", **{**given, **changed}))


def device(**changed: Any) -> Device:
    """A registered device, as the listener knows it."""
    given: dict[str, Any] = {
        "mn": MN, "site_id": "1803A", "site_kind": "STATION", "password_hash": "", "edition": "BY_FRAME",
        "crc": "STANDARD", "unit_profile": "AMBIENT", "utc_offset_min": 480, "codes": (), "factors": (),
        "scales": (), "registered_by": "test",
    }  # fmt: skip
    return Device(**{**given, **changed})


def said(
    cp: str = REALTIME, cn: str = "2011", mn: str = MN, pw: str = "123456", flag: str = "Flag=5;", qn: str = "1"
) -> bytes:
    """A frame of a device."""
    return frame(f"QN={qn};ST=22;CN={cn};PW={pw};MN={mn};{flag}CP=&&{cp}&&".encode())


@contextmanager
def listener(platform: Platform, **settings: Any) -> Iterator[tuple[Listener, int]]:
    """A listener on a free port."""
    with listening(platform, Settings(hj212_port=0, **settings)) as (opened, _, port):
        yield opened, port


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        yield connection


def answers(connection: socket.socket, count: int, within_s: float = 30) -> bytes:
    """What comes back until so many frames did."""
    heard, end = b"", time.monotonic() + within_s
    while heard.count(b"\r\n") < count and time.monotonic() < end:
        heard += connection.recv(65_536)
    return heard


def silent(connection: socket.socket, for_s: float = 0.5) -> bool:
    """Whether nothing comes for a while."""
    connection.settimeout(for_s)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return True
    finally:
        connection.settimeout(30)


def quarantined(platform: Platform) -> list[tuple[str, str, str, bytes]]:
    """(code, message, origin, content) of what is in quarantine, by code."""
    fold(platform)
    with platform.database.read() as snapshot:
        rows = snapshot.connection.execute(
            "SELECT code, message, origin, submission_id FROM base.submission_quarantined WHERE part = 1"
            " ORDER BY code, submission_id"
        ).fetchall()
    return [
        (code, message, origin, content_of(identity, platform.state)) for code, message, origin, identity in rows
    ]
