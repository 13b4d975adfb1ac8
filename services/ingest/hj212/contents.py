"""What a message of a registered device says: an observation, and what it says beside it."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from schemas.standards import hj212_directions
from services.decider import Refused
from services.ingest.hj212.directory import Device
from services.ingest.hj212.frame import Message, pairs
from services.ingest.masking import masked_values
from services.ingest.statement import Statement, microseconds

PERIODS = {"2011": "REALTIME", "2051": "MINUTE", "2061": "HOUR", "2031": "DAY"}
"""The period of the values of each command that carries values."""

_EQUIPMENT = ("2021", "2041")
_ALARMS = ("2071", "2072")
_DETAILS = ("2013", "2052", "2062", "2111", "9011", "9012", "9013", "9014")
_ASPECT = re.compile(r"(SB\w*)-(RS|RT)")

_VALUE, _OTHER, _MARK, _TIME, _DETAIL = range(5)
_Slot = tuple[int, str, float]
_MOST_NAMES = 4096


class Said(NamedTuple):
    """What a message says: `event` and `fields` hold what is beside the observation. Times: microseconds, UTC."""

    statement: Statement | None
    event: str | None
    fields: dict[str, Any]
    data_at: int | None


class _Names(dict[str, _Slot]):
    """What each name of an item is, for devices with the same meanings, where values are of kind `wanted`."""

    def __init__(self, meanings: dict[str, tuple[str, float]], wanted: str) -> None:
        self._meanings, self._wanted = meanings, wanted

    def __missing__(self, name: str) -> _Slot:
        code, _, kind = name.partition("-")
        factor, scale = self._meanings.get(code, ("", 1.0))
        reduced = self._meanings.get(f"{code}-Zs")  # what is meant is the value at reference oxygen (折算)
        if reduced and (kind == "Flag" or kind.startswith("Zs")):
            (factor, scale), kind = reduced, kind.removeprefix("Zs")
        kinds = {"Rtd": _OTHER, "Avg": _OTHER, "Flag": _MARK, self._wanted: _VALUE}
        slot = (kinds.get(kind, _DETAIL) if factor else _DETAIL, factor, scale)
        if name == "DataTime":
            slot = (_TIME, "", 1.0)
        if len(self) < _MOST_NAMES:
            self[name] = slot
        return slot


def read(message: Message, device: Device) -> Said:
    """What the message says. Raises `Refused` where it can't be understood."""
    if message.cn in PERIODS:
        return _observed(message, device)
    items = pairs(message.cp)
    if message.cn in _EQUIPMENT:
        return _equipment(message, device, items)
    if message.cn in _ALARMS:
        return _told("district.device_alarmed", "alarmed_at", message, device, items)
    if message.cn in _DETAILS:
        return _detail(message, device, items)
    if hj212_directions().get(message.cn, "down").startswith("down"):
        raise Refused(
            "unknown_command",
            f"{message.cn!r} is no command that a device sends",
            "CN",
            "Use a CN of standards/hj212_code.csv that goes up.",
        )
    return _told("district.device_logged", "logged_at", message, device, items)


def _observed(message: Message, device: Device) -> Said:
    wanted = "Rtd" if message.cn == "2011" else "Avg"
    names = device.memory.get(wanted) or _learned(device, wanted)
    values, others, marks = dict[str, float | None](), dict[str, float | None](), dict[str, str]()
    details, at = [], None
    for name, text in pairs(message.cp):
        kind, factor, scale = names[name]
        if kind == _VALUE and factor not in values:
            values[factor] = _number(name, text, scale)
        elif kind == _MARK:
            marks[factor] = text
        elif kind == _TIME:
            at = moment(text, device.utc_offset_min)
        elif kind == _OTHER and factor not in others:
            others[factor] = _number(name, text, scale)
        else:
            details.append((name, text))
    for factor, value in others.items():
        values.setdefault(factor, value)
    if values and at is None:
        raise Refused("no_data_time", "it has values and no DataTime", "DataTime", "Send DataTime with the values.")
    statement = None
    if values and at is not None:
        factors = tuple(sorted(values))
        said = [values[factor] for factor in factors]
        given = tuple([marks.get(factor, "") for factor in factors])
        statement = Statement(device.site_id, PERIODS[message.cn], at, device.source, factors, said, given)
    if statement and not details:
        return Said(statement, None, {}, at)
    return Said(statement, *_as_detail(message, device, details, at), at)


def _equipment(message: Message, device: Device, items: list[tuple[str, str]]) -> Said:
    at = _time_of(items, device)
    found = [(match[1], match[2], text) for name, text in items if (match := _ASPECT.fullmatch(name))]
    if not found or at is None:
        return _detail(message, device, items)
    fields = {
        "mn": device.mn,
        "site_id": device.site_id,
        "stated_at": at,
        "equipment": [equipment for equipment, _, _ in found],
        "aspects": [aspect for _, aspect, _ in found],
        "values": [_number(equipment, text, 1.0) for equipment, _, text in found],
    }
    return Said(None, "district.equipment_stated", fields, at)


def _told(event: str, time_field: str, message: Message, device: Device, items: list[tuple[str, str]]) -> Said:
    at = _time_of(items, device)
    said = [item for item in items if item[0] != "DataTime"]
    fields = {"mn": device.mn, "site_id": device.site_id, "cn": message.cn, time_field: at, **_listed(said)}
    return Said(None, event, fields, at)


def _detail(message: Message, device: Device, items: list[tuple[str, str]]) -> Said:
    at = _time_of(items, device)
    said = [item for item in items if item[0] != "DataTime"]
    return Said(None, *_as_detail(message, device, said, at), at)


def _as_detail(
    message: Message, device: Device, items: list[tuple[str, str]], at: int | None
) -> tuple[str, dict[str, Any]]:
    said = {"mn": device.mn, "site_id": device.site_id, "cn": message.cn, "st": message.st, "data_at": at}
    return "district.device_detail_recorded", {**said, **_listed(items)}


def _listed(items: list[tuple[str, str]]) -> dict[str, list[str]]:
    names, texts = [name for name, _ in items], [text for _, text in items]
    return {"names": names, "texts": masked_values(names, texts)}


def _time_of(items: list[tuple[str, str]], device: Device) -> int | None:
    for name, text in items:
        if name in ("DataTime", "AlarmTime"):
            return moment(text, device.utc_offset_min)
    return None


def _learned(device: Device, wanted: str) -> _Names:
    names = device.memory[wanted] = _names(tuple(sorted(device.meanings.items())), wanted)
    return names


@lru_cache(1024)
def _names(meanings: tuple[tuple[str, tuple[str, float]], ...], wanted: str) -> _Names:
    return _Names(dict(meanings), wanted)


@lru_cache(16_384)
def moment(text: str, utc_offset_min: int) -> int:
    """A time as devices write it, YYYYMMDDhhmmss and perhaps milliseconds, in microseconds since 1970, UTC."""
    try:
        if not text.isdecimal() or len(text) not in (14, 17) or not 1900 < int(text[:4]) < 2199:
            raise ValueError
        numbers = [int(text[at : at + 2]) for at in range(4, 14, 2)]
        local = datetime(int(text[:4]), *numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]
        since = microseconds(local) - utc_offset_min * 60_000_000
        return since + int(text[14:] or 0) * 1000
    except ValueError:
        raise Refused(
            "bad_time", f"{text[:40]!r} is no time", "DataTime", "Write YYYYMMDDhhmmss, local time."
        ) from None


def _number(name: str, text: str, scale: float) -> float | None:
    if not text:
        return None
    try:
        if "_" in text:
            raise ValueError
        # a scaled value keeps the digits that were sent, and none that binary fractions add
        return float(text) if scale == 1.0 else float(f"{float(text) * scale:.12g}")
    except ValueError:
        raise Refused(
            "not_a_number", f"{name} is {text[:40]!r}", name, "Send a number, or nothing with a Flag."
        ) from None
