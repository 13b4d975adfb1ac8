"""The register of devices as the listener uses it, and the question whether a frame may speak for one."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from ingest.hj212.frame import Message
from ingest.hj212.stream import Check
from schemas.standards import factors, hj212_mapping
from services.decider import Refused
from services.unexpected import Unexpected, attempted

_SIMULATOR = "simulator"
_MOST_WRONG = 4096


@dataclass(frozen=True)
class Device:
    """A registered device; `edition` is BY_FRAME where its frames say it."""

    mn: str
    site_id: str
    site_kind: str
    password_hash: str
    edition: str
    crc: str
    unit_profile: str
    utc_offset_min: int
    codes: Sequence[str]
    factors: Sequence[str]
    scales: Sequence[float]
    registered_by: str

    @property
    def source(self) -> str:
        """Who says what it says: what a simulator registered is a simulator."""
        return _SIMULATOR if self.registered_by == _SIMULATOR else f"hj212:{self.mn}"

    @cached_property
    def meanings(self) -> Mapping[str, tuple[str, float]]:
        """For each pollutant code that is a factor of its site: the factor, and what values are multiplied by."""
        subsystem = "air" if self.site_kind in ("STATION", "SOURCE_MONITOR") else "water"
        known = dict(hj212_mapping(self.unit_profile))
        known.update(zip(self.codes, zip(self.factors, self.scales, strict=False), strict=False))
        return {
            code: meaning
            for code, meaning in known.items()
            if meaning[0] in factors() and subsystem in factors()[meaning[0]].subsystems
        }

    @cached_property
    def memory(self) -> dict[str, Any]:
        """What readers of its messages have learned of the names in them."""
        return {}

    def edition_of(self, message: Message) -> str:
        return message.edition if self.edition == "BY_FRAME" else self.edition


class NotChecked(Exception):
    """Whether a frame's password is the device's is to be reckoned yet, which is dear on purpose."""

    def __init__(self, device: Device, password: str) -> None:
        super().__init__(device.mn)
        self.device, self.password = device, password


class Directory:
    """Finds devices by MN. Used by one thread.

    Of passwords that were checked it remembers a keyed hash whose key is this process's own: quick to compare.
    """

    def __init__(self) -> None:
        self._devices: Mapping[str, Device] = {}
        self._key = secrets.token_bytes(32)
        self._right: dict[str, bytes] = {}
        self._wrong: dict[tuple[str, bytes], None] = {}

    def take_up(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take up what the register says now: the rows of `monitor.device`."""
        known = self._devices
        read = {row["mn"]: attempted(partial(_device, row)) for row in rows}
        found = {mn: device for mn, device in read.items() if not isinstance(device, Unexpected)}
        self._devices = {mn: known[mn] if known.get(mn) == device else device for mn, device in found.items()}
        self._right = {mn: right for mn, right in self._right.items() if self._devices.get(mn) == known.get(mn)}
        self._wrong.clear()

    def get(self, mn: str) -> Device | None:
        return self._devices.get(mn)

    def __contains__(self, mn: object) -> bool:
        return mn in self._devices

    def __iter__(self) -> Iterator[str]:
        return iter(self._devices)

    def __len__(self) -> int:
        return len(self._devices)

    def admit(self, message: Message, check: Check) -> Device:
        """The device that a frame speaks for. Raises `Refused` where it may not, and `NotChecked`."""
        device = self._devices.get(message.mn)
        if device is None:
            raise Refused(
                "unknown_device",
                f"there is no device {message.mn!r}",
                "MN",
                "Register the device; see monitor.device_candidate.",
            )
        if check is Check.MODBUS_SWAPPED and device.crc != check.value:
            raise Refused(
                "bad_crc",
                "it passed the byte-swapped Modbus check sum only",
                "CRC",
                "Correct the device, or register it with crc MODBUS_SWAPPED.",
            )
        quick = self._quick(message.pw)
        if self._right.get(message.mn) == quick:
            return device
        if (message.mn, quick) in self._wrong:
            raise Refused(
                "wrong_password",
                f"the password is not that of {message.mn}",
                "PW",
                "Set the device's PW, or register it anew.",
            )
        raise NotChecked(device, message.pw)

    def known(self, asked: NotChecked) -> bool | None:
        """Whether a password is right, where that is known by now."""
        mn, quick = asked.device.mn, self._quick(asked.password)
        if self._devices.get(mn) is asked.device and self._right.get(mn) == quick:
            return True
        return False if (mn, quick) in self._wrong else None

    def note(self, checked: NotChecked, *, right: bool) -> None:
        """Remember what has come of a check; of wrong ones the last few thousand."""
        device, quick = checked.device, self._quick(checked.password)
        if self._devices.get(device.mn) is not device:
            return  # it was registered anew meanwhile, and is to be checked again
        if right:
            self._right[device.mn] = quick
            return
        self._wrong[device.mn, quick] = None
        if len(self._wrong) > _MOST_WRONG:
            del self._wrong[next(iter(self._wrong))]

    def _quick(self, password: str) -> bytes:
        return hashlib.blake2b(password.encode(), key=self._key, digest_size=16).digest()


def _device(row: Mapping[str, Any]) -> Device:
    fields = {name: row[name] for name in Device.__dataclass_fields__ if name != "registered_by"}
    for name in ("codes", "factors", "scales"):
        fields[name] = tuple(fields[name])
    return Device(**fields, registered_by=row["source"])
