"""Numbers in texts, one way for whoever reads them: ASCII digits, a point, an exponent, and a finite value.

Python's own `float` and `int` also take `4_0`, full-width digits, `nan` and `infinity`, which other readers don't;
a cell that two readers would take differently is none.
"""

import math
import re

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)


def decimal(text: str) -> float:
    """The number that a text says. Raises `ValueError`."""
    number = float(text) if _DECIMAL.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{text[:100]!r} is no number")
    return number


def whole(text: str) -> int:
    """The whole number that a text says, of 64 bits. Raises `ValueError`."""
    if not _WHOLE.fullmatch(text) or not -(1 << 63) <= int(text) < 1 << 63:
        raise ValueError(f"{text[:100]!r} is no whole number")
    return int(text)
