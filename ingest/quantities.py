"""What a cell of a value says: a number, a value below or above what could be measured, or nothing that is one.

One way for wide and long files and records. A number is ASCII digits with a point, `1,080` with separators of
thousands, or `2.4×10^4`. Below a limit is `<0.025` or `0.025L` (HJ 91.1-2019 10.2), with blanks, full-width signs
or the unit behind it, `ND(0.025)`; `ND` and `未检出` are so only where the limit is known. Above it is `>24000`.
"""

import re
from typing import NamedTuple

from services.decider import Refused
from services.numerals import decimal

BELOW, ABOVE = "<", "T"

_TO_CORRECT = "Correct the value, or leave it empty where there is none, and import the row again."
_NUMBER = r"[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?"
_POWER = re.compile(r"([+-]?[0-9.]+) ?[×xX*·] ?10 ?(?:\^ ?\(?)([+-]?[0-9]{1,2})\)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?", re.ASCII)
_LESS = re.compile(rf"[<＜﹤] ?({_NUMBER}) ?[LlＬ]?", re.ASCII)
_LIMIT_L = re.compile(rf"({_NUMBER}) ?[LlＬ]", re.ASCII)
_ND_OF = re.compile(
    rf"(?:N\.?D\.?|未检出|BDL|<?MDL|<?LOD)\s?[(（<＜:：=]\s?[<＜]?\s?({_NUMBER}) ?[LlＬ]?\s?[)）]?", re.I | re.A
)
_MORE = re.compile(rf"(?:[>＞≥﹥]|>=) ?({_NUMBER})", re.ASCII)
_ND = re.compile(
    r"[<＜]? ?(?:N\.?D\.?|未检出|未检测出|低于检出限|小于检出限|检出限以下|BDL|LOD|LOQ|MDL|DL|RL|检出限|U)",
    re.I | re.A,
)
_WITH_UNIT = re.compile(r"(.*[0-9LlＬ)）])\s*((?:[%°℃µμa-zA-Z\u4e00-\u9fff]|个/)[^0-9<>]*[0-9]?[^0-9<>]*)")


class Quantity(NamedTuple):
    """A number as the source states it; `mark` is empty, or says that it is a limit that the value is beyond.

    `value` is None where the value is below a limit that the cell does not name. `unit` is what stands behind it.
    """

    value: float | None
    mark: str = ""
    unit: str = ""


def quantity(text: str, *, separators: bool = True) -> Quantity | None:
    """What a cell says; None where that is nothing known. Without `separators` a comma parts no thousands."""
    found = _bare(text, separators=separators)
    if found is None and (parts := _WITH_UNIT.fullmatch(text)):
        found = _bare(parts[1].strip(), separators=separators)
        return found._replace(unit=parts[2].strip()) if found else None
    return found


def no_number(text: str, where: str) -> Refused:
    """Why an item is refused that is no quantity."""
    return Refused("not_a_number", f"{text[:100]!r} is no number", where, _TO_CORRECT)


def no_limit(text: str, where: str) -> Refused:
    """Why an item is refused that is below a limit which nobody names."""
    remedy = (
        "Give the detection limit in the profile's `limits`, or in the cell as <0.025, and import the row again."
    )
    return Refused("no_limit", f"{text[:100]!r} is below a detection limit that is not named", where, remedy)


def _bare(text: str, *, separators: bool) -> Quantity | None:
    for pattern, mark in ((_LESS, BELOW), (_LIMIT_L, BELOW), (_ND_OF, BELOW), (_MORE, ABOVE)):
        if found := pattern.fullmatch(text):
            number = _number(found[1], separators=separators)
            return None if number is None or number < 0 else Quantity(number, mark)
    if _ND.fullmatch(text):
        return Quantity(None, BELOW)
    number = _number(text, separators=separators)
    return None if number is None else Quantity(number)


def _number(text: str, *, separators: bool) -> float | None:
    try:
        if power := _POWER.fullmatch(text):
            return decimal(f"{power[1]}e{power[2]}")
        return decimal(text.replace(",", "") if separators and _THOUSANDS.fullmatch(text) else text)
    except ValueError:
        return None
