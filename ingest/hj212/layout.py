"""What the items of a message are, by their names: worked out once for all messages that have the same ones.

A device sends the same names with every frame, and a thousand devices of one kind send the same ones too. Names are
known in whatever case: `A34004-rtd` is `a34004-Rtd`.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ingest.hj212.frame import pairs
from services.masking import MASK, is_secret

_VALUE, _OTHER, _MARK, _TIME, _DETAIL, _NAMELESS = range(6)
_Slot = tuple[int, str, str, float]
_MOST_LAYOUTS = 4096
_NO_SIGNS = bytes(set(range(256)) - set(b",;="))
_KINDS = {kind.lower(): kind for kind in ("Rtd", "Avg", "Flag", "ZsRtd", "ZsAvg")}
TIME = "DataTime"


class Reading(NamedTuple):
    """A factor's value: where it and its flag stand, its name, and what it is multiplied by.

    `again` are the positions of values and flags that stand there twice: they must say the same.
    """

    factor: str
    name: str
    scale: float
    at: int
    flag_at: int | None
    again: tuple[tuple[int, int], ...]


class Layout(NamedTuple):
    """What stands where among the items of a message; positions count from 0.

    `readings` are in order of their factors; `times` are where times stand, `details` what is beside, `nameless`
    what has no name. Every position is in one of them, or a flag of a reading.
    """

    readings: tuple[Reading, ...]
    factors: tuple[str, ...]
    times: tuple[int, ...]
    details: tuple[int, ...]
    detail_names: tuple[str, ...]
    secrets: tuple[int, ...]
    nameless: tuple[int, ...]

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
        self._spelled = {code.lower(): code for code in meanings}
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
        times, details, nameless = list[int](), list[int](), list[int]()
        codes: dict[tuple[str, str], dict[int, list[int]]] = {}
        """By code and factor: the positions of values of the wanted kind, of others, and of flags."""
        scales: dict[str, float] = {}
        for position, name in enumerate(names):
            kind, code, factor, scale = self._slot(name)
            if kind in (_VALUE, _OTHER, _MARK):
                codes.setdefault((code, factor), {}).setdefault(kind, []).append(position)
                scales[code] = scale
            else:
                {_TIME: times, _NAMELESS: nameless}.get(kind, details).append(position)
        readings: dict[str, Reading] = {}
        for (code, factor), found in codes.items():
            kind = _VALUE if _VALUE in found else _OTHER
            if kind in found and factor not in readings:
                values, flags = found.pop(kind), found.pop(_MARK, [])
                again = [(each[0], other) for each in (values, flags) for other in each[1:]]
                flag_at = flags[0] if flags else None
                readings[factor] = Reading(factor, names[values[0]], scales[code], values[0], flag_at, tuple(again))
            details += [position for positions in found.values() for position in positions]
        details.sort()
        return Layout(
            readings=tuple(readings[factor] for factor in sorted(readings)),
            factors=tuple(sorted(readings)),
            times=tuple(times),
            details=tuple(details),
            detail_names=tuple(names[position] for position in details),
            secrets=tuple(n for n, position in enumerate(details) if is_secret(names[position])),
            nameless=tuple(nameless),
        )

    def _slot(self, name: str) -> _Slot:
        """What an item of this name is, and of which code and factor."""
        if not name or name.lower() == TIME.lower():
            return _TIME if name else _NAMELESS, "", "", 1.0
        code, _, kind = name.partition("-")
        code, kind = self._spelled.get(code.lower(), code), _KINDS.get(kind.lower(), kind)
        factor, scale = self._meanings.get(code, ("", 1.0))
        spelled = self._spelled.get(f"{code.lower()}-zs", "")
        reduced = self._meanings.get(spelled)  # what is meant is the value at reference oxygen (折算)
        if reduced and (kind == "Flag" or kind.startswith("Zs")):
            (factor, scale), kind, code = reduced, kind.removeprefix("Zs"), spelled
        kinds = {"Rtd": _OTHER, "Avg": _OTHER, "Flag": _MARK, self._wanted: _VALUE}
        return (kinds.get(kind, _DETAIL) if factor else _DETAIL), code, factor, scale


@lru_cache(1024)
def layouts(meanings: tuple[tuple[str, tuple[str, float]], ...], wanted: str) -> Layouts:
    """The layouts that devices of these meanings share."""
    return Layouts(dict(meanings), wanted)


def items(cp: str) -> tuple[tuple[str, ...], list[str]]:
    """The names of a content's items and their texts, as `pairs` tells them.

    Where it is nothing but `name=value` without blanks, as nearly all are, all are cut at once.
    """
    if cp.isascii() and not _has_blanks(cp):
        signs = cp.encode().translate(None, _NO_SIGNS)
        count, even = divmod(len(signs) + 1, 2)
        if not even and signs[::2] == b"=" * count and b"=" not in signs[1::2]:
            parts = cp.replace(";", ",").replace("=", ",").split(",")
            names = tuple(parts[::2])
            if not _OWN.intersection(names):
                return names, parts[1::2]
    found = pairs(cp)
    return tuple(name for name, _ in found), [value for _, value in found]


_OWN = frozenset(("Flag", "flag", "FLAG", ""))
"""Names that belong to the item before them, and none."""


def _has_blanks(cp: str) -> bool:
    return cp.split(maxsplit=1)[:1] != [cp]


def by_time(names: tuple[str, ...], texts: list[str], times: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Where what belongs to each of several times begins and ends: behind its time, up to the next other one."""
    begins = [at for n, at in enumerate(times) if n == 0 or texts[at] != texts[times[n - 1]]]
    yield from zip(begins, [*begins[1:], len(names)], strict=True)
