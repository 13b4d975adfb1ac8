"""Checks lines and areas as GeoJSON has them (RFC 7946, 3.1): on earth, lines of two positions, rings closed."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from services.decider import Refused

MOST_POSITIONS = 20_000
_CODE, _REMEDY = (
    "impossible_geometry",
    "Give lines and areas as RFC 7946 has them, longitude first, in degrees of WGS 84.",
)


def expect_outline(text: str, where: str) -> None:
    """Refuse a text that is no LineString, MultiLineString, Polygon or MultiPolygon, or one that can't be."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(_CODE, "it is no JSON", where, _REMEDY) from None
    kind = str(said.get("type")) if isinstance(said, dict) else ""
    if kind not in _SHAPES or set(said) != {"type", "coordinates"}:
        raise Refused(_CODE, f"it is no geometry of {', '.join(_SHAPES)} with coordinates alone", where, _REMEDY)
    try:
        positions = _SHAPES[kind](said["coordinates"])
    except ValueError as fault:
        raise Refused(_CODE, f"{kind}: {fault}", where, _REMEDY) from None
    if positions > MOST_POSITIONS:
        raise Refused(
            _CODE, f"it has {positions} positions, and {MOST_POSITIONS} are the most", where, "Simplify it."
        )


def _line(said: Any) -> int:
    if not isinstance(said, list) or len(said) < 2:
        raise ValueError("a line has two positions at the least")
    for each in said:
        _position(each)
    return len(said)


def _ring(said: Any) -> int:
    if _line(said) < 4 or said[0] != said[-1]:
        raise ValueError("a ring has four positions at the least, and ends where it began")
    if len({tuple(each) for each in said}) < 3:
        raise ValueError("a ring that goes through fewer than three places encloses nothing")
    return len(said)


def _position(said: Any) -> None:
    numbers = isinstance(said, list) and len(said) == 2 and all(type(degrees) in (int, float) for degrees in said)
    if not numbers or not (-180 <= said[0] <= 180 and -90 <= said[1] <= 90):
        raise ValueError(f"{json.dumps(said)[:60]} is no longitude and latitude")


def _all(shape: Callable[[Any], int]) -> Callable[[Any], int]:
    def count(said: Any) -> int:
        if not isinstance(said, list) or not said:
            raise ValueError("it has no parts")
        return sum(map(shape, said))

    return count


_SHAPES: Mapping[str, Callable[[Any], int]] = {
    "LineString": _line,
    "MultiLineString": _all(_line),
    "Polygon": _all(_ring),
    "MultiPolygon": _all(_all(_ring)),
}
