"""What a message of a registered device says: an observation, and what it says beside it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from ingest.hj212.detail import DETAIL
from ingest.hj212.directory import Device
from ingest.hj212.frame import Message, pairs
from ingest.hj212.layout import Layouts, items, layouts
from ingest.statement import Statement, microseconds
from schemas.standards import hj212_directions
from services.decider import Refused
from services.masking import masked_values

PERIODS = {"2011": "REALTIME", "2051": "MINUTE", "2061": "HOUR", "2031": "DAY"}
"""The period of the values of each command that carries values."""

_EQUIPMENT = ("2021", "2041")
_ALARMS = ("2071", "2072")
_DETAILS = ("2013", "2052", "2062", "2111", "9011", "9012", "9013", "9014")
_ASPECT = re.compile(r"(SB\w*)-(RS|RT)")


class Said(NamedTuple):
    """What a message says: `event` and `fields` hold what is beside the observation. Times: microseconds, UTC."""

    statement: Statement | None
    event: str | None
    fields: dict[str, Any]
    data_at: int | None


def read(message: Message, device: Device) -> Said:
    """What the message says. Raises `Refused` where it can't be understood."""
    if message.cn in PERIODS:
        return _observed(message, device)
    said = pairs(message.cp)
    if message.cn in _EQUIPMENT:
        return _equipment(message, device, said)
    if message.cn in _ALARMS:
        return _told("district.device_alarmed", "alarmed_at", message, device, said)
    if message.cn in _DETAILS:
        return _detail(message, device, said)
    if hj212_directions().get(message.cn, "down").startswith("down"):
        raise Refused(
            "unknown_command",
            f"{message.cn!r} is no command that a device sends",
            "CN",
            "Use a CN of standards/hj212_code.csv that goes up.",
        )
    return _told("district.device_logged", "logged_at", message, device, said)


def _observed(message: Message, device: Device) -> Said:
    names, texts = items(message.cp)
    layout = _layouts(device, "Rtd" if message.cn == "2011" else "Avg").of(names)
    numbers = [_number(name, texts[position], scale) for position, name, scale in layout.numbers]
    at = None if layout.time is None else moment(texts[layout.time], device.utc_offset_min)
    statement = None
    if layout.factors:
        if at is None:
            raise Refused(
                "no_data_time", "it has values and no DataTime", "DataTime", "Send DataTime with the values."
            )
        values = [numbers[number] for number in layout.values]
        marks = tuple(["" if position is None else texts[position] for position in layout.marks])
        period = PERIODS[message.cn]
        statement = Statement(device.site_id, period, at, device.source, layout.factors, values, marks)
        if not layout.details:
            return Said(statement, None, {}, at)
    return Said(statement, *_as_detail(message, device, layout.detail_names, layout.detail_texts(texts), at), at)


def _equipment(message: Message, device: Device, said: list[tuple[str, str]]) -> Said:
    at = _time_of(said, device)
    found = [(match[1], match[2], text) for name, text in said if (match := _ASPECT.fullmatch(name))]
    if not found or at is None:
        return _detail(message, device, said)
    fields = {
        "mn": device.mn,
        "site_id": device.site_id,
        "stated_at": at,
        "equipment": [equipment for equipment, _, _ in found],
        "aspects": [aspect for _, aspect, _ in found],
        "values": [_number(equipment, text, 1.0) for equipment, _, text in found],
    }
    return Said(None, "district.equipment_stated", fields, at)


def _told(event: str, time_field: str, message: Message, device: Device, said: list[tuple[str, str]]) -> Said:
    at = _time_of(said, device)
    names, texts = _listed([item for item in said if item[0] != "DataTime"])
    about = {"mn": device.mn, "site_id": device.site_id, "cn": message.cn}
    fields = {**about, time_field: at, "names": names, "texts": texts}
    return Said(None, event, fields, at)


def _detail(message: Message, device: Device, said: list[tuple[str, str]]) -> Said:
    at = _time_of(said, device)
    names, texts = _listed([item for item in said if item[0] != "DataTime"])
    return Said(None, *_as_detail(message, device, names, texts, at), at)


def _as_detail(
    message: Message, device: Device, names: Sequence[str], texts: list[str], at: int | None
) -> tuple[str, dict[str, Any]]:
    said = {"mn": device.mn, "site_id": device.site_id, "cn": message.cn, "st": message.st, "data_at": at}
    return DETAIL, {**said, "names": list(names), "texts": texts}


def _listed(said: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Names and texts, those masked whose names say that they are secrets."""
    names = [name for name, _ in said]
    return names, masked_values(names, [text for _, text in said])


def _time_of(said: list[tuple[str, str]], device: Device) -> int | None:
    for name, text in said:
        if name in ("DataTime", "AlarmTime"):
            return moment(text, device.utc_offset_min)
    return None


def _layouts(device: Device, wanted: str) -> Layouts:
    known: Layouts | None = device.memory.get(wanted)
    if known is None:
        known = device.memory[wanted] = layouts(tuple(sorted(device.meanings.items())), wanted)
    return known


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
