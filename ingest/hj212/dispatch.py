"""Begins the exchanges that were asked for, with devices that are connected, and ends those that came too late."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ingest.hj212.directory import Directory
from ingest.hj212.exchange import Exchange
from ingest.hj212.session import Entry, Kind, Session
from ingest.hj212.sm4 import Ciphers
from services.device.secrets import NO_SECRETS, Secrets
from services.unexpected import Unexpected, attempted

_NEW_KEY = "1014"
_ORIGIN = "hj212 listener"


class Dispatcher:
    """Follows the commands that have not ended."""

    def __init__(self, directory: Directory, secrets: Secrets = NO_SECRETS) -> None:
        self._directory, self._secrets = directory, secrets
        self._ciphers = Ciphers(secrets.keys)
        self._open: list[Mapping[str, Any]] = []
        self._begun: set[str] = set()
        self._last_qn = ""

    def take_up(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take up what was asked for by now: open rows of `monitor.device_command`."""
        self._open = [row for row in rows if row["command_id"] not in self._begun]

    def begin(
        self, connected: Mapping[str, Session], now: datetime, monotonic: float
    ) -> Iterator[tuple[Session | None, bytes, Entry | None]]:
        """For each exchange that begins its session and frame; for each that can't begin its end, as an entry."""
        waiting = []
        for row in self._open:
            session = connected.get(row["mn"])
            if row["expires_at"].replace(tzinfo=UTC) <= now:
                yield None, b"", self._ended(row, "EXPIRED")
            elif session is None or session.waits_for(row["mn"]):
                waiting.append(row)
            else:
                begun = attempted(partial(self._begin, row, session, now, monotonic), pass_on=())
                yield (None, b"", self._ended(row, "FAILED")) if isinstance(begun, Unexpected) else begun
        self._open = waiting

    def _begin(
        self, row: Mapping[str, Any], session: Session, now: datetime, monotonic: float
    ) -> tuple[Session | None, bytes, Entry | None]:
        device = self._directory.get(row["mn"])
        edition = device.edition if device and device.edition != "BY_FRAME" else session.editions.get(row["mn"], "")
        offset = device.utc_offset_min if device else 480
        filled = self._secrets.filled(row)
        if row["cn"] == _NEW_KEY:
            self._ciphers.expect_keys(row["mn"], [each.partition("=")[2] for each in filled["parameters"]])
        exchange = Exchange(filled, self._number(now, offset), session.passwords.get(row["mn"], ""), edition)
        exchange.ciphers = self._ciphers
        frame = exchange.send(monotonic)  # refused where it is longer than a segment may be: it has failed
        self._begun.add(row["command_id"])
        session.exchanges[row["mn"]] = exchange
        return session, frame, None

    def _ended(self, row: Mapping[str, Any], outcome: str) -> Entry:
        self._begun.add(row["command_id"])
        return Entry(Kind.ENDED, _ORIGIN, b"", exchange=Exchange(row, "", "", "", outcome=outcome))

    def _number(self, now: datetime, utc_offset_min: int) -> str:
        """A QN: the device's local time in milliseconds, and later than the last one."""
        local = now + timedelta(minutes=utc_offset_min)
        number = f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}"
        while number <= self._last_qn:
            local += timedelta(milliseconds=1)
            number = f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}"
        self._last_qn = number
        return number
