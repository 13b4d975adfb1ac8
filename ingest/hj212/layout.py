"""What the items of a message are, by their names: worked out once for all messages that have the same ones.

A device sends the same names with every frame, and a thousand devices of one kind send the same ones too.
"""

from functools import lru_cache
from typing import NamedTuple

from ingest.hj212.frame import pairs
from services.masking import MASK, is_secret

_VALUE, _OTHER, _MARK, _TIME, _DETAIL = range(5)
_Slot = tuple[int, str, float]
_MOST_LAYOUTS = 4096
_NO_SIGNS = bytes(set(range(256)) - set(b",;="))


class Number(NamedTuple):
    """An item whose text is a number: where it stands, its name, and what it is multiplied by."""

    position: int
    name: str
    scale: float


class Layout(NamedTuple):
    """What stands where among the items of a message; positions count from 0.

    `numbers` are all items that must be numbers, in order; `values` says which of them are those of the `factors`,
    which are in order of their codes, and `marks` the positions of their marks. `details` are what is beside.
    """

    numbers: tuple[Number, ...]
    factors: tuple[str, ...]
    values: tuple[int, ...]
    marks: tuple[int | None, ...]
    time: int | None
    details: tuple[int, ...]
    detail_names: tuple[str, ...]
    secrets: tuple[int, ...]

    def detail_texts(self, texts: list[str]) -> list[str]:
        """What the details say, those masked whose names say that they are secrets."""
        said = [texts[position] for position in self.details]
        for position in self.secrets:
            said[position] = MASK.decode()
        return said


class Layouts:
    """The layouts of devices with the same meanings, where values are of kind `wanted` (`Rtd`, `Avg`)."""

    def __init__(self, meanings: dict[str, tuple[str, float]], wanted: str) -> None:
        self._meanings, self._wanted = meanings, wanted
        self._known: dict[tuple[str, ...], Layout] = {}

    def of(self, names: tuple[str, ...]) -> Layout:
        """The layout of a message whose items have these names."""
        layout = self._known.get(names)
        if layout is None:
            layout = self._worked_out(names)
            if len(self._known) < _MOST_LAYOUTS:
                self._known[names] = layout
        return layout

    def _worked_out(self, names: tuple[str, ...]) -> Layout:
        numbers, details, time = list[Number](), list[int](), None
        values, others, marks = dict[str, int](), dict[str, int](), dict[str, int]()
        for position, name in enumerate(names):
            kind, factor, scale = self._slot(name)
            found = values if kind == _VALUE else others
            if kind in (_VALUE, _OTHER) and factor not in found:
                found[factor] = len(numbers)
                numbers.append(Number(position, name, scale))
            elif kind == _MARK:
                marks[factor] = position
            elif kind == _TIME:
                time = position
            else:
                details.append(position)
        found = {**others, **values}
        factors = tuple(sorted(found))
        return Layout(
            numbers=tuple(numbers),
            factors=factors,
            values=tuple(found[factor] for factor in factors),
            marks=tuple(marks.get(factor) for factor in factors),
            time=time,
            details=tuple(details),
            detail_names=tuple(names[position] for position in details),
            secrets=tuple(n for n, position in enumerate(details) if is_secret(names[position])),
        )

    def _slot(self, name: str) -> _Slot:
        """What an item of this name is, and of which factor."""
        if name == "DataTime":
            return _TIME, "", 1.0
        code, _, kind = name.partition("-")
        factor, scale = self._meanings.get(code, ("", 1.0))
        reduced = self._meanings.get(f"{code}-Zs")  # what is meant is the value at reference oxygen (折算)
        if reduced and (kind == "Flag" or kind.startswith("Zs")):
            (factor, scale), kind = reduced, kind.removeprefix("Zs")
        kinds = {"Rtd": _OTHER, "Avg": _OTHER, "Flag": _MARK, self._wanted: _VALUE}
        return (kinds.get(kind, _DETAIL) if factor else _DETAIL), factor, scale


@lru_cache(1024)
def layouts(meanings: tuple[tuple[str, tuple[str, float]], ...], wanted: str) -> Layouts:
    """The layouts that devices of these meanings share."""
    return Layouts(dict(meanings), wanted)


def items(cp: str) -> tuple[tuple[str, ...], list[str]]:
    """The names of a content's items and their texts, as `pairs` tells them.

    Where it is nothing but `name=value`, as nearly all are, all are cut at once. Raises `Refused` as `pairs` does.
    """
    if cp.isascii():
        signs = cp.encode().translate(None, _NO_SIGNS)
        count, even = divmod(len(signs) + 1, 2)
        if not even and signs[::2] == b"=" * count and b"=" not in signs[1::2]:
            parts = cp.replace(";", ",").replace("=", ",").split(",")
            names = tuple(parts[::2])
            if "Flag" not in names:  # else it belongs to the item before it
                return names, parts[1::2]
    found = pairs(cp)
    return tuple(name for name, _ in found), [value for _, value in found]
