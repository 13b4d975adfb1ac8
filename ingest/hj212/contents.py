"""What a message of a registered device says: an observation, and what it says beside it."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from ingest.hj212.detail import DETAIL
from ingest.hj212.directory import Device
from ingest.hj212.frame import Message, pairs
from ingest.hj212.layout import TIME, Layout, Layouts, Reading, by_time, items, layouts
from ingest.quantities import quantity
from ingest.statement import Statement, microseconds
from schemas.standards import hj212_directions, hj212_flag, marks, usable_marks
from services.decider import Refused
from services.masking import masked_values

PERIODS = {"2011": "REALTIME", "2051": "MINUTE", "2061": "HOUR", "2031": "DAY"}
"""The period of the values of each command that carries values."""

UNKNOWN = "?"
"""The mark of a value whose flag nobody knows: it is barred."""
_TIME, _SEVERAL = TIME.lower(), 2
_END_OF_DAY = 24
_EQUIPMENT = ("2021", "2041")
_ALARMS = ("2071", "2072")
_DETAILS = ("2013", "2052", "2062", "2111", "9011", "9012", "9013", "9014")
_ASPECT = re.compile(r"(SB\w*)-(RS|RT)")


class Said(NamedTuple):
    """What a message says of one time: `event` and `fields` hold what is beside the observation.

    Times: microseconds, UTC. `refused` are single items that can't be read, each with its reason.
    """

    statement: Statement | None
    event: str | None
    fields: dict[str, Any]
    data_at: int | None
    refused: tuple[Refused, ...] = ()


def read_all(message: Message, device: Device) -> list[Said]:
    """What the message says, time by time where it has several: no value gets another one's time.

    Raises `Refused` where nothing of it can be understood.
    """
    if message.cn not in PERIODS or message.cp.lower().count(_TIME) < _SEVERAL:
        return [read(message, device)]
    names, texts = items(message.cp)
    times = tuple(position for position, name in enumerate(names) if name.lower() == _TIME)
    parts = list(by_time(names, texts, times))
    if len(parts) < _SEVERAL:
        return [read(message, device)]
    if times[0] != 0:
        raise Refused(
            "several_times",
            "it has several times, and items before the first: whose are they?",
            TIME,
            "Send each time's values behind their DataTime.",
        )
    found = [_attempted(message, device, names[begin:end], texts[begin:end]) for begin, end in parts]
    said = [each for each in found if isinstance(each, Said)]
    refused = tuple(each for each in found if isinstance(each, Refused))
    if not said:
        raise refused[0]
    return [said[0]._replace(refused=(*said[0].refused, *refused)), *said[1:]]


def _attempted(message: Message, device: Device, names: tuple[str, ...], texts: list[str]) -> Said | Refused:
    try:
        return _observed(message, device, names, texts)
    except Refused as refusal:
        return refusal


def read(message: Message, device: Device) -> Said:
    """What the message says that has one time. Raises `Refused` where it can't be understood."""
    if message.cn in PERIODS:
        return _observed(message, device, *items(message.cp))
    every = pairs(message.cp)
    said = [item for item in every if item[0]]
    refused = tuple(_nameless(text) for name, text in every if not name)
    return _told_beside(message, device, said)._replace(refused=refused)


def _told_beside(message: Message, device: Device, said: list[tuple[str, str]]) -> Said:
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


def _observed(message: Message, device: Device, names: tuple[str, ...], texts: list[str]) -> Said:
    layout = _layouts(device, "Rtd" if message.cn == "2011" else "Avg").of(names)
    at = moment(texts[layout.times[0]], device.utc_offset_min) if layout.times else None
    if layout.factors and at is None:
        raise Refused("no_data_time", "it has values and no DataTime", TIME, "Send DataTime with the values.")
    found = [_reading(each, texts, device.site_kind) for each in layout.readings]
    refused = [each for each in found if isinstance(each, Refused)]
    refused += [_nameless(texts[position]) for position in layout.nameless]
    kept = [each for each in found if not isinstance(each, Refused)]
    if refused and not kept and (found or not layout.details):
        raise refused[0]
    statement = None
    if kept and at is not None:
        factors = layout.factors
        if len(kept) < len(found):
            told = zip(factors, found, strict=True)
            factors = tuple(factor for factor, each in told if not isinstance(each, Refused))
        values, marks = [value for value, _ in kept], tuple([mark for _, mark in kept])
        statement = Statement(device.site_id, PERIODS[message.cn], at, device.source, factors, values, marks)
    beside, said = list(layout.detail_names), layout.detail_texts(texts)
    if statement is not None and UNKNOWN in statement.marks:
        flags = _unknown_flags(layout, texts, device.site_kind)
        beside += [names[at] for at in flags]
        said += [texts[at] for at in flags]
    if statement is not None and not beside:
        return Said(statement, None, {}, at, tuple(refused))
    return Said(statement, *_as_detail(message, device, beside, said, at), at, tuple(refused))


def _unknown_flags(layout: Layout, texts: list[str], site_kind: str) -> list[int]:
    """Where flags stand that nobody knows: what they were is kept beside the values."""
    flags = [(each.flag_at, each.factor) for each in layout.readings if each.flag_at is not None]
    return [at for at, factor in flags if _mark(texts[at], factor, site_kind) == UNKNOWN]


def _reading(of: Reading, texts: list[str], site_kind: str) -> tuple[float | None, str] | Refused:
    """A factor's value in our unit, and its mark; what is no number is no value where its flag bars it anyway."""
    for first, other in of.again:
        if texts[first] != texts[other]:
            message = f"{of.name} stands in it twice: {texts[first][:40]!r} and {texts[other][:40]!r}"
            return Refused("repeated_factor", message, of.name, "Send one value of each factor for a time.")
    text = texts[of.at]
    mark = "" if of.flag_at is None else _mark(texts[of.flag_at], of.factor, site_kind)
    if not text:
        return None, mark
    value = _number(text, of.scale)
    if value is not None:
        return value, mark
    usable = mark in usable_marks()
    cell = quantity(text, separators=False)
    if cell is None or cell.value is None or cell.unit:
        return not_a_number(of.name, text) if usable else (None, mark)
    return _number(repr(cell.value), of.scale), cell.mark or mark if usable else mark


@lru_cache(4096)
def _mark(flag: str, factor: str, site_kind: str) -> str:
    """The mark that a flag means; `?` where nobody knows it."""
    if flag in marks():
        return flag
    known = hj212_flag(site_kind, factor, flag)
    return UNKNOWN if known is None else known


def _nameless(text: str) -> Refused:
    return Refused("bad_item", f"{text[:40]!r} has no value", "CP", "Write items as name=value.")


def _equipment(message: Message, device: Device, said: list[tuple[str, str]]) -> Said:
    at = _time_of(said, device)
    found = [(match[1], match[2], text) for name, text in said if (match := _ASPECT.fullmatch(name))]
    if not found or at is None:
        return _detail(message, device, said)
    read = [(equipment, aspect, text, _number(text, 1.0) if text else None) for equipment, aspect, text in found]
    known = [each for each in read if each[3] is not None or not each[2]]
    refused = tuple(not_a_number(f"{each[0]}-{each[1]}", each[2]) for each in read if each not in known)
    if not known:
        raise refused[0]
    fields = {
        "mn": device.mn,
        "site_id": device.site_id,
        "stated_at": at,
        "equipment": [equipment for equipment, _, _, _ in known],
        "aspects": [aspect for _, aspect, _, _ in known],
        "values": [value for _, _, _, value in known],
    }
    return Said(None, "district.equipment_stated", fields, at, refused)


def _told(event: str, time_field: str, message: Message, device: Device, said: list[tuple[str, str]]) -> Said:
    at = _time_of(said, device)
    names, texts = _listed([item for item in said if item[0].lower() != _TIME])
    about = {"mn": device.mn, "site_id": device.site_id, "cn": message.cn}
    fields = {**about, time_field: at, "names": names, "texts": texts}
    return Said(None, event, fields, at)


def _detail(message: Message, device: Device, said: list[tuple[str, str]]) -> Said:
    at = _time_of(said, device)
    names, texts = _listed([item for item in said if item[0].lower() != _TIME])
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
        if name.lower() in (_TIME, "alarmtime"):
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
        month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, 14, 2))
        late = hour == _END_OF_DAY and not minute and not second
        local = datetime(int(text[:4]), month, day, 0 if late else hour, minute, second, tzinfo=UTC)
        local += timedelta(days=late)
        since = microseconds(local) - utc_offset_min * 60_000_000
        return since + int(text[14:] or 0) * 1000
    except ValueError:
        raise Refused(
            "bad_time", f"{text[:40]!r} is no time", "DataTime", "Write YYYYMMDDhhmmss, local time."
        ) from None


def _number(text: str, scale: float) -> float | None:
    """The number that a text says, scaled; None where it is none. A full-width digit or `1_0` is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number) or "_" in text or not text.isascii():
        return None
    # a scaled value keeps the digits that were sent, and none that binary fractions add
    return number if scale == 1.0 else float(f"{number * scale:.12g}")


def not_a_number(name: str, text: str) -> Refused:
    """Why an item is refused that must be a number."""
    return Refused("not_a_number", f"{name} is {text[:40]!r}", name, "Send a number, or nothing with a Flag.")
